import JSON
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    "null", "true", "false", "0", "-1", "420.00", "9223372036854775807", "1e5", "-0.5E-3",
    #""""#, #""a\"b\\c\nd\té""#, "[]", "{}", "[1,[2,[]],{}]", #"{"a":1,"b":{"c":[null,true]}}"#,
  ])
  func `a value survives a round trip to the letter`(text: String) throws {
    #expect(JSONWriter.text(try JSONValue(parsing: text)) == text)
  }

  @Test(arguments: [
    ("", JSONMistake.Kind.truncated), ("[1,", .truncated), (#"{"a"#, .truncated),
    (#""\u12"#, .truncated), ("tru", .truncated), ("-", .truncated), ("1.", .truncated),
    ("<html>", .malformed), ("{'a':1}", .malformed), ("[1 2]", .malformed), ("01", .malformed),
    ("1 2", .malformed), ("\"\u{1}\"", .malformed), (#""\q""#, .malformed), ("[1,]", .malformed),
    ("nul!", .malformed), (#"{"a" 1}"#, .malformed),
  ])
  func `what is not JSON is said with its kind`(text: String, kind: JSONMistake.Kind) throws {
    let mistake = #expect(throws: JSONMistake.self) { try JSONValue(parsing: text) }
    #expect(mistake?.kind == kind)
  }

  @Test func `a text nested without end costs no stack`() {
    let text = String(repeating: "[", count: 100_000)
    let mistake = #expect(throws: JSONMistake.self) { try JSONValue(parsing: text) }
    #expect(mistake?.kind == .tooDeep)
    #expect(mistake?.sentence == "the JSON is nested deeper than 128 levels")
  }

  @Test func `escapes and halves of pairs become what they mean`() throws {
    #expect(try JSONValue(parsing: #""\u00e9\/\b\f""#) == "é/\u{8}\u{C}")
    #expect(try JSONValue(parsing: #""\ud83d\ude00""#) == "😀")
    #expect(try JSONValue(parsing: #""\ud83dx""#) == "\u{FFFD}x")
    #expect(try JSONValue(parsing: #""\ude00""#) == "\u{FFFD}")
    #expect(try JSONValue(parsing: #""\ud83d\u0041""#) == "\u{FFFD}A")
  }

  @Test func `bytes that are no UTF-8 are replaced and cost nothing else`() throws {
    let bytes: [UInt8] = [0x5B, 0x22, 0x61, 0xFF, 0x62, 0x22, 0x2C, 0x31, 0x5D]
    #expect(try JSONValue(parsing: bytes) == ["a\u{FFFD}b", 1])
  }

  @Test func `members keep their order and the last of a repeated key wins`() throws {
    let value = try JSONValue(parsing: #"{"z":1,"a":2,"z":3}"#)
    #expect(value.object?.keys == ["z", "a"])
    #expect(value["z"]?.int == 3)
    #expect(value == ["a": 2, "z": 3])
    #expect(JSONWriter.text(value, .canonical) == #"{"a":2,"z":3}"#)
  }

  @Test(arguments: [3, 15, 16, 40])
  func `objects are the same in any order, and differ by one member`(count: Int) {
    let members = (0..<count).map { JSONObject.Member("k\($0)", .int($0)) }
    let object = JSONObject(members)
    #expect(object == JSONObject(members.reversed()))
    var other = JSONObject(members.reversed())
    other["k1"] = 7
    #expect(object != other)
    other["k1"] = nil
    #expect(object != other)
    other["z"] = 1
    #expect(object != other)
  }

  /// Every key looked for among all others would take minutes.
  @Test func `large objects in another order are compared by a table`() {
    let members = (0..<100_000).map { JSONObject.Member("a-member-of-some-name-\($0)", .int($0)) }
    #expect(JSONObject(members) == JSONObject(members.reversed()))
  }

  @Test func `of keys repeated far behind each has its first place and its last value`() throws {
    let once = (0..<40).map { "\"k\($0)\":0" }
    let again = (0..<40).reversed().map { "\"k\($0)\":\($0)" }
    let text = "{\((once + again).joined(separator: ","))}"
    let object = try #require(try JSONValue(parsing: text).object)
    #expect(object.keys == (0..<40).map { "k\($0)" })
    #expect(object.members.map(\.value) == (0..<40).map { .int($0) })
  }

  @Test func `a large object with a repeated key still has each key once`() throws {
    let members = (0..<40).map { #""k\#($0)":\#($0)"# } + [#""k39":"last""#, #""k1":"one""#]
    let value = try JSONValue(parsing: "{" + members.joined(separator: ",") + "}")
    #expect(value.object?.count == 40)
    #expect(value["k39"] == "last")
    #expect(value["k1"] == "one")
  }

  @Test(arguments: [#""name""#, #""na\u006de""#, #""n\u0061\u006d\u0065""#])
  func `a key means the same however it is written`(key: String) throws {
    let bytes = Array("{ \(key) :1}".utf8)
    var at = 0
    var met: [(word: JSONWord?, text: String)] = []
    try JSONScanner.members(bytes.span, &at) {
      (key, bytes, at) throws(JSONMistake) in
      met.append((key.word, key.text(in: bytes)))
      try JSONScanner.skip(bytes, &at)
    }
    #expect(met.map(\.text) == ["name"])
    #expect(met.first?.word == JSONWord("name"))
    #expect(at == bytes.count)
  }

  @Test func `words tell apart what texts tell apart`() {
    let texts = ["", "a", "b", "ab", "ba", "abcdefgh", "abcdefghi", "abcdefghijklmnop", "é"]
    #expect(Set(texts.map { JSONWord($0) }).count == texts.count)
    #expect(JSONWord("abcdefghijklmnopq") == nil)
    #expect(JSONWord("a\0") == nil)
  }

  @Test(arguments: [
    ("0,", 0), ("-7]", -7), ("  12 ", 12), ("123456789012345678}", 123_456_789_012_345_678),
    ("1234567890123456789,", nil), ("1.0,", nil), ("1e3,", nil), ("007,", nil), ("-", nil),
    ("x", nil), ("", nil),
  ])
  func `a short whole number is read without a text`(text: String, value: Int?) {
    let bytes = Array(text.utf8)
    var at = 0
    #expect(JSONScanner.smallInt(bytes.span, &at) == value)
    if value == nil { #expect(at <= text.prefix { $0 == " " }.count) }
  }

  @Test(arguments: [
    #"{"a":"\q"}"#, "{\"a\":\"\u{1}\"}", #"{"a":01}"#, #"{"a":nul}"#, #"{"a":"\u12"}"#,
    #"{"a":[1}"#,
  ])
  func `what is passed over is looked at all the same`(text: String) throws {
    let bytes = Array(text.utf8)
    #expect(throws: JSONMistake.self) {
      var at = 0
      try JSONScanner.skip(bytes.span, &at)
    }
  }

  @Test func `control characters are written as escapes`() {
    #expect(JSONWriter.text("\u{1B}]52;\u{9B}\u{2028}") == #""\u001b]52;\u009b\u2028""#)
  }

  @Test func `layouts differ in blanks alone`() throws {
    let value: JSONValue = ["a": [1, 2], "b": [:]]
    #expect(JSONWriter.text(value, .spaced) == #"{"a": [1, 2], "b": {}}"#)
    #expect(
      JSONWriter.text(value, .indented) == """
        {
          "a": [
            1,
            2
          ],
          "b": {}
        }
        """
    )
  }

  @Test func `numbers are read for what they are`() {
    #expect(JSONNumber("420.00")?.int == 420)
    #expect(JSONNumber("1e3")?.int == 1000)
    #expect(JSONNumber("1.5")?.int == nil)
    #expect(JSONNumber("0x10") == nil)
    #expect(JSONNumber("1 ") == nil)
  }

  /// Whatever the bytes, the scanner ends with a value or a mistake inside the text.
  @Test(arguments: 0..<64) func `random bytes end in a value or a mistake`(seed: Int) throws {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    let alphabet = Array(#"{}[]",:\u0123eE+-.truefalsn "#.utf8) + [0xC3, 0xFF, 0x00]
    let bytes = (0..<200).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return alphabet[Int(state % UInt64(alphabet.count))]
    }
    do {
      _ = try JSONValue(parsing: bytes)
    } catch {
      #expect(error.offset >= 0 && error.offset <= bytes.count)
    }
  }
}
