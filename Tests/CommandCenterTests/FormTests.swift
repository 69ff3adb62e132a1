import Cells
import CommandCenter
import JSON
import TestHouse
import Testing

@Suite struct FormTests {
  private static let payload: [JSONObject.Member] = [
    .init("amount", .number(number("420.00"))),
    .init("big", .number(number("9223372036854775808"))),
    .init("note", .null), .init("notify", true), .init("currency", "USD"), .init("tags", ["a", 2]),
    .init("lines", "one\ntwo"),
  ]

  private static func number(_ text: String) -> JSONNumber { JSONNumber(text) ?? JSONNumber(0) }

  private func form() -> Form { Form(FormTests.payload.map { FormField($0) }) }

  /// Puts a text in the place of what stands in the field of a name.
  private func typing(_ text: String, into name: String) -> Form {
    var form = form()
    form.go(to: name)
    form.open()
    form.edit(Key(.end), .standard)
    form.edit(Key(.character("u"), control: true), .standard)
    for character in text { form.edit(Key(character), .standard) }
    return form
  }

  @Test(arguments: [
    ("amount", "380.00", JSONValue.number(number("380.00"))),
    ("amount", " 1e3 ", .number(number("1e3"))),
    ("big", "18446744073709551617", .number(number("18446744073709551617"))),
    ("note", "soon", "soon"), ("note", "12", 12), ("note", "true", true),
    ("note", "\"12\"", "12"), ("note", "{\"a\": 1}", .object(["a": 1])),
    ("currency", "42", "42"), ("currency", "", ""), ("currency", "日本 e\u{301}", "日本 e\u{301}"),
    ("tags", "[]", .array([])),
  ])
  func `what is typed over a value is of the type that the value came as`(
    name: String,
    text: String,
    value: JSONValue
  ) {
    var form = typing(text, into: name)
    #expect(form.mistake == nil)
    form.finish(isStrict: true)
    #expect(!form.isEditing)
    #expect(form.changes == [Form.Change(name, from: self.form()[name]?.original, to: value)])
    #expect(form.changed == [name: value])
  }

  @Test(arguments: [
    ("amount", "38o", "amount wants a number, such as 380 or 380.00"),
    ("amount", "", "amount wants a number, such as 380 or 380.00"),
    ("amount", "0420", "amount wants a number, such as 380 or 380.00"),
    ("tags", "{}", "tags wants a JSON list, such as [\"a\", 2]"),
  ])
  func `what is not of the type is said while it is typed, and keeps the line open`(
    name: String,
    text: String,
    sentence: String
  ) {
    var form = typing(text, into: name)
    #expect(form.mistake == sentence)
    form.finish(isStrict: true)
    #expect(form.isEditing)
    form.close()
    #expect(form.changes.isEmpty)
  }

  @Test func `a list that is cut short says where`() {
    let form = typing("[1, ", into: "tags")
    #expect(
      form.mistake == "tags wants a JSON list, such as [\"a\", 2]: the JSON ends after 3 bytes, in "
        + "the middle of a value"
    )
  }

  @Test func `null stays null unless something is typed over it`() {
    var form = typing("   ", into: "note")
    form.finish(isStrict: true)
    #expect(!form.isEditing)
    #expect(form.changes.isEmpty)
    #expect(form["note"]?.value == .null)
  }

  @Test(arguments: payload.map(\.key).filter { $0 != "notify" })
  func `a line that is opened and closed changes nothing`(name: String) {
    var form = form()
    form.go(to: name)
    var opened = form
    opened.open()
    #expect(opened.isEditing)
    let isClosed = opened.finish(isStrict: true)
    #expect(isClosed)
    #expect(opened == form)
  }

  @Test func `yes turns into no with a key, and undo takes edits back one by one`() {
    var form = typing("1", into: "amount")
    form.finish(isStrict: true)
    form.go(to: "notify")
    form.toggle()
    #expect(form.changed == ["amount": 1, "notify": false])
    let last = form.undo()
    #expect(last == "notify")
    #expect(form.current?.name == "notify")
    #expect(form.changed == ["amount": 1])
    let first = form.undo()
    #expect(first == "amount")
    #expect(form.changes.isEmpty)
    let none = form.undo()
    #expect(none == nil)
  }

  @Test func `a field that names something cannot be opened`() {
    var field = FormField("order_id", .number, original: 42)
    field.readOnly = "read only"
    var form = Form([field])
    form.open()
    form.toggle()
    #expect(!form.isEditing)
    #expect(form.changes.isEmpty)
  }

  @Test func `a paste goes in whole or not at all, controls left out`() {
    var form = typing("", into: "currency")
    form.paste("a\u{1B}[31m\r\nb\tc\u{7}")
    #expect(form.line?.text == "a[31m\nb\tc")
    form.paste(String(repeating: "x", count: LineEditor.valueLimit))
    #expect(form.line?.text == "a[31m\nb\tc")
    #expect(form.mistake == "this is more than a line holds (16 KiB): the editor takes more")
  }

  @Test func `any keys and pastes leave a form of values of their types`() {
    var random = Seeded(42)
    let codes: [Key.Code] = [
      .left, .right, .home, .end, .backspace, .delete, .character("a"), .character("1"),
      .character("."), .character("é"), .character("漢"), .character("👩‍👧"), .character("{"),
      .character("\""), .character("\u{301}"), .character("w"), .character("u"),
    ]
    for _ in 0..<400 {
      var form = form()
      for _ in 0..<Int.random(in: 1...60, using: &random) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: form.move(by: Int.random(in: -9...9, using: &random))
        case 1: form.open(unlessOpen: true)
        case 2: form.finish(isStrict: Bool.random(using: &random))
        case 3: form.paste(["x\ny", "12", "\u{202E}", ""].randomElement(using: &random) ?? "")
        case 4: _ = form.undo()
        default:
          let code = codes.randomElement(using: &random) ?? .left
          let control = Int.random(in: 0..<6, using: &random) == 0
          form.edit(Key(code, control: control), .standard)
        }
        if let line = form.line {
          #expect(line.cursor <= line.text.count)
          let window = line.window(12)
          #expect(Text.width(window.text) <= 13 && window.cursor < 12)
        }
      }
      for field in form.fields {
        #expect(field.value.map { field.kind.accepts($0) } ?? false, "\(field)")
      }
      while form.undo() != nil {}
      #expect(form.changes.isEmpty)
    }
  }
}

@Suite struct InputFormTests {
  private static let schema: JSONValue = [
    "type": "object",
    "properties": [
      "order": ["type": "integer"], "channel": ["type": "string", "enum": ["mail", "phone"]],
      "dry_run": ["type": "boolean", "default": false],
      "note": ["type": ["string", "null"], "description": "for the agent"],
    ],
    "required": ["order", "dry_run"],
  ]

  @Test func `a schema gives the fields their kinds, defaults and what is required`() {
    let fields = InputForm.fields(schema: InputFormTests.schema, input: nil)
    #expect(fields.map(\.name) == ["order", "channel", "dry_run", "note"])
    #expect(fields.map(\.kind) == [.whole, .text, .yesNo, .text])
    #expect(fields.map(\.isRequired) == [true, false, false, false])
    #expect(InputForm.missing(in: fields) == 0)
    #expect(InputForm.object(fields) == [:])
  }

  @Test func `a schema that lists its fields reads the same`() {
    let schema: JSONValue = [
      ["name": "order", "type": "number"], ["name": "note", "type": "text", "optional": true],
      ["type": "nameless"], 7,
    ]
    let input: JSONObject = ["order": Sample.number("4.5"), "extra": nil]
    let fields = InputForm.fields(schema: schema, input: input)
    #expect(fields.map(\.name) == ["order", "note", "extra"])
    #expect(fields.map(\.isRequired) == [true, false, false])
    #expect(InputForm.object(fields) == input)
  }

  @Test func `an input of another version is shown, and what does not fit is said`() {
    let fields = InputForm.fields(
      schema: InputFormTests.schema,
      input: ["order": "forty", "channel": "fax", "gone": [1]]
    )
    #expect(fields[0].mistake == "order wants a whole number, such as 42")
    #expect(fields[0].typed == "forty")
    #expect(fields[1].mistake == "channel is one of mail, phone")
    #expect(fields.last?.name == "gone")
  }

  @Test func `without a schema the last input gives the fields, without either key=value lines`() {
    let known = InputForm.fields(schema: nil, input: ["order": 42, "channel": "mail"])
    #expect(known.map(\.kind) == [.number, .text, .pair])
    var fields = InputForm.fields(schema: nil, input: nil)
    #expect(fields.map(\.kind) == [.pair])
    fields[0].take("order")
    #expect(fields[0].mistake == "write key=value")
    fields[0].take("a=b=c")
    fields.append(FormField("", .pair))
    fields[1].take("n=042")
    fields.append(FormField("", .pair))
    fields[2].take("list=[1,2]")
    #expect(InputForm.object(fields) == ["a": "b=c", "n": "042", "list": [1, 2]])
  }

  @Test(arguments: [
    "", "null", "7", "{\"properties\": 3}", "{\"properties\": {\"a\": 1, \"b\": {\"type\": 4}}}",
    "[[], null, {\"name\": \"\"}]", "{\"required\": \"all\"}",
  ])
  func `a schema that is none makes no trouble`(text: String) {
    let schema = try? JSONValue(parsing: text)
    let fields = InputForm.fields(schema: schema, input: ["x": 1])
    #expect(InputForm.object(fields) == ["x": 1])
  }
}

@Suite struct ShellWordTests {
  @Test(arguments: [
    ("plain", "plain"), ("a b", "'a b'"), ("", "''"), ("it's", "'it'\\''s'"), ("$HOME", "'$HOME'"),
    ("k=v", "k=v"), ("ü", "'ü'"), ("a\nb", "'a\nb'"), ("~x", "'~x'"), ("-n", "-n"),
  ])
  func `a word gets quotes where a shell would read something else`(word: String, quoted: String) {
    #expect(ShellWord.quoted(word) == quoted)
  }

  @Test func `what is quoted is read back`() throws {
    var random = Seeded(7)
    let letters = Array("ab '\"\\$`*;\n\té=~")
    for _ in 0..<300 {
      let words = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        String(
          (0..<Int.random(in: 0...6, using: &random)).map { _ in
            letters.randomElement(using: &random) ?? "a"
          }
        )
      }
      #expect(try ShellWord.split(StartLine.text(words)) == words)
    }
  }

  @Test(arguments: [
    ("vim -u NONE", ["vim", "-u", "NONE"]), ("  code --wait ", ["code", "--wait"]),
    ("'/opt/my editor/ed' \"a b\"", ["/opt/my editor/ed", "a b"]), ("a\\ b", ["a b"]),
    ("\"a\\nb\\\"\"", ["a\\nb\""]), ("", []), ("''", [""]), ("a$(x) *", ["a$(x)", "*"]),
  ])
  func `an editor's line is parted as a shell parts it, and nothing in it is run`(
    line: String,
    words: [String]
  ) throws {
    #expect(try ShellWord.split(line) == words)
  }

  @Test(arguments: ["vim 'x", "a \"b", "a\\"])
  func `a line without an end is a mistake`(line: String) {
    #expect(throws: ShellWord.Mistake.self) { try ShellWord.split(line) }
  }
}
