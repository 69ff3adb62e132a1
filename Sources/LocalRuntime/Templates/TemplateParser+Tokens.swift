import JSON

extension TemplateParser {
  /// A text in quotes, with the escapes of JSON.
  mutating func quoted() throws(TemplateMistake) -> String {
    let quote = scalars[at]
    at += 1
    var text = String.UnicodeScalarView()
    while at < scalars.count {
      let scalar = scalars[at]
      at += 1
      if scalar == quote { return String(text) }
      guard scalar == "\\" else {
        text.append(scalar)
        continue
      }
      guard at < scalars.count else { break }
      let escaped = scalars[at]
      at += 1
      switch escaped {
      case "n": text.append("\n")
      case "t": text.append("\t")
      case "r": text.append("\r")
      case "b": text.append("\u{8}")
      case "f": text.append("\u{C}")
      case "u": text.append(try codePoint())
      case let other: text.append(other)
      }
    }
    throw TemplateMistake(.syntax, "a quoted text in a template does not end")
  }

  /// What `\u` is followed by: four digits, or twice four for a pair of surrogates.
  private mutating func codePoint() throws(TemplateMistake) -> Unicode.Scalar {
    let mistake = TemplateMistake(.syntax, "“\\u” in a template needs four hexadecimal digits")
    guard let high = fourDigits() else { throw mistake }
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard (0xD800..<0xDC00).contains(high), at + 1 < scalars.count, scalars[at] == "\\",
      scalars[at + 1] == "u"
    else { throw mistake }
    at += 2
    guard let low = fourDigits(), (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw mistake }
    return scalar
  }

  private mutating func fourDigits() -> UInt32? {
    guard at + 4 <= scalars.count else { return nil }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[at..<at + 4])
    guard scalars[at..<at + 4].allSatisfy(\.properties.isASCIIHexDigit) else { return nil }
    at += 4
    return UInt32(String(text), radix: 16)
  }

  /// A list or an object as JSON writes it: a default such as `[]`.
  mutating func literal() throws(TemplateMistake) -> JSONValue {
    let start = at
    var open = 0
    var isText = false
    while at < scalars.count {
      let scalar = scalars[at]
      at += 1
      switch scalar {
      case "\\" where isText: at = min(at + 1, scalars.count)
      case "\"": isText.toggle()
      case "[" where !isText, "{" where !isText: open += 1
      case "]" where !isText, "}" where !isText: open -= 1
      default: break
      }
      guard open == 0 else { continue }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars[start..<at])
      do throws(JSONMistake) {
        return try JSONValue(parsing: String(text))
      } catch {
        throw TemplateMistake(.syntax, "a list or an object in a template is \(error.sentence)")
      }
    }
    throw TemplateMistake(.syntax, "a list or an object in a template does not end")
  }
}
