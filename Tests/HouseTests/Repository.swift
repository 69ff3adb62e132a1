import Foundation

/// The files of this checkout.
enum Repository {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The Swift files below a folder, by path from the root.
  static func sources(below folder: String) throws -> [(path: String, lines: [String])] {
    let base = root.appending(path: folder)
    let files = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
    var sources: [(path: String, lines: [String])] = []
    for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
      let path = String(file.path(percentEncoded: false).dropFirst(base.path().count + 1))
      let text = try String(contentsOf: file, encoding: .utf8)
      sources.append((path, text.components(separatedBy: "\n")))
    }
    return sources.sorted { $0.path < $1.path }
  }
}
