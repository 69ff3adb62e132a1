import Transport

/// What the configuration sends to others to authenticate this runtime, and what must not come back in
/// a sentence: an endpoint may repeat it in its complaint.
struct Secrets: Sendable, Equatable {
  /// Shorter values are words that stand everywhere.
  private static let shortest = 6
  private static let harmless: Set<String> = ["content-type", "accept", "mcp-protocol-version"]

  private let texts: [String]

  /// A key, when there is one.
  init(key: String?) {
    texts = [key ?? ""].filter { $0.utf8.count >= Self.shortest }
  }

  /// The values of the headers of a request, each also without its scheme: `Bearer KEY`, `KEY`.
  init(headers: [Header]) {
    let values = headers.filter { !Self.harmless.contains($0.name.lowercased()) }.map(\.value)
    let words = values.flatMap { $0.split(separator: " ").map(String.init) }
    // The longest first, so that none is left in part.
    texts = Set(values + words).filter { $0.utf8.count >= Self.shortest }
      .sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
  }

  /// A text with … in place of each.
  func hidden(in text: String) -> String {
    texts.reduce(text) { $0.replacing($1, with: "…") }
  }

  /// The text of some bytes with … in place of each; to be asked for before it is cut.
  func hidden(in bytes: [UInt8]) -> [UInt8] {
    texts.isEmpty ? bytes : Array(hidden(in: String(decoding: bytes, as: UTF8.self)).utf8)
  }

  /// An address without its query, which may hold a key.
  static func bare(_ url: String) -> String { String(url.prefix { $0 != "?" }) }
}
