package import JSON

/// The command line that starts the same run in a shell.
package enum StartLine {
  /// The words of the line, without quotes.
  /// - Parameters:
  ///   - workflow: Its name or id.
  ///   - input: What the run is given.
  ///   - schema: What the shell reads `key=value` words by.
  ///   - profile: The profile to name; nil where the shell takes the same one by itself.
  /// - Returns: The words, the program's name first.
  package static func words(
    workflow: String,
    input: JSONObject,
    schema: JSONValue?,
    profile: String? = nil
  ) -> [String] {
    let head = ["command-center", "start", workflow]
    let tail = profile.map { ["--profile", $0] } ?? []
    let pairs = input.members.map { pair($0, isText: isText($0.key, in: schema)) }
    let plain = pairs.compactMap { $0 }
    guard plain.count == pairs.count else {
      return head + [JSONWriter.text(.object(input))] + tail
    }
    return head + plain + tail
  }

  /// The line, with quotes where `sh` needs them.
  package static func text(_ words: [String]) -> String {
    words.map(ShellWord.quoted).joined(separator: " ")
  }

  /// A member as the shell reads it back; nil where only JSON says it.
  private static func pair(_ member: JSONObject.Member, isText: Bool) -> String? {
    let key = member.key
    guard let first = key.first, first != "-", first != "{", !first.isWhitespace,
      !key.contains("=")
    else { return nil }
    guard case .string(let text) = member.value else {
      return isText ? nil : "\(key)=\(JSONWriter.text(member.value))"
    }
    if isText { return "\(key)=\(text)" }
    let literal = try? JSONValue(parsing: text)
    return literal == nil || literal?.string != nil ? "\(key)=\(text)" : nil
  }

  private static func isText(_ key: String, in schema: JSONValue?) -> Bool {
    let type =
      schema?["properties"]?[key]?["type"]
      ?? schema?.array?.first { $0["name"]?.string == key }?["type"]
    return type?.string.flatMap { FieldKind(schemaType: $0) } == .text
  }
}
