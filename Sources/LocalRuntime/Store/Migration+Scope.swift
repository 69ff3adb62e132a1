extension Migrations {
  /// Whether whoever started a run may have tools called by it; what was started before was looked at
  /// when it was.
  static let toolScope = """
    ALTER TABLE runs ADD COLUMN may_call_tools INTEGER NOT NULL DEFAULT 1;
    """
}
