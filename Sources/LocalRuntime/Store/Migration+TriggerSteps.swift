extension Migrations {
  /// What a start gives single steps, as a JSON object by their ids.
  static let triggerSteps = """
    ALTER TABLE runs ADD COLUMN trigger_steps TEXT;
    """
}
