/// The program's version.
enum Version {
  /// As `--version` and requests say it.
  static let text = "0.1.0"
}
