import JSON

extension MCPMessage {
  /// The identity that the beginning of a message names, for one that is too long to be read; nil
  /// when what it answers stands behind what is too long.
  static func identity(in beginning: [UInt8]) -> Int? {
    let bytes = beginning.span
    var at = 0
    JSONScanner.skipBlank(bytes, &at)
    guard at < bytes.count, bytes[at] == UInt8(ascii: "{") else { return nil }
    at += 1
    while true {
      JSONScanner.skipBlank(bytes, &at)
      guard let name = try? JSONScanner.value(bytes, &at), let name = name.string else {
        return nil
      }
      JSONScanner.skipBlank(bytes, &at)
      guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return nil }
      at += 1
      JSONScanner.skipBlank(bytes, &at)
      // What is too long ends here, in the middle of a value.
      guard let value = try? JSONScanner.value(bytes, &at) else { return nil }
      if name == "id" { return value.int }
      JSONScanner.skipBlank(bytes, &at)
      guard at < bytes.count, bytes[at] == UInt8(ascii: ",") else { return nil }
      at += 1
    }
  }
}
