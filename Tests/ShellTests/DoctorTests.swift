import JSON
import Runs
import Shell
import Testing

@Suite struct DoctorTests {
  private let found = [
    Check("locale", .good, "C.UTF-8"),
    Check("terminal", .note, "TERM is dumb: the front needs a terminal that can be addressed"),
  ]

  @Test func `the report is aligned and wrapped, and notes are no failure`() {
    let told = effects(task(.doctor(found), width: 50))
    #expect(
      output(told) == """
        ok    locale    C.UTF-8
        note  terminal  TERM is dumb: the front needs a
                        terminal that can be addressed

        """
    )
    #expect(code(told) == .done)
  }

  @Test func `the first that is bad decides the code`() throws {
    let bad =
      found + [
        Check("theme", .bad, "c.toml, line 1: wrong", code: .usage, facts: ["name": "x"]),
        Check("connection", .bad, "refused", code: .notReachable),
      ]
    let told = effects(task(.doctor(bad), form: .json))
    #expect(code(told) == .usage)
    let items = try #require(try JSONValue(parsing: output(told)).array)
    #expect(items.count == 4)
    #expect(
      items[2] == [
        "check": "theme", "verdict": "bad", "detail": "c.toml, line 1: wrong",
        "facts": ["name": "x"],
      ]
    )
    let lines = output(effects(task(.doctor(bad), form: .jsonl))).split(separator: "\n")
    #expect(try lines.map { try JSONValue(parsing: String($0)) } == items)
  }

  @Test func `secrets are nowhere, wherever they turned up`() throws {
    let check = Check(
      "runs",
      .bad,
      "no: token tok_1234 of ann:tok_1234!x is wrong\u{1B}",
      facts: ["a": ["tok_1234", ["tok_1234": 7]], "n": nil]
    )
    .hiding(["tok_1234", "tok_1234!x", "", "no"])
    #expect(check.words == "no: token (not shown) of ann:(not shown) is wrong\u{1B}")
    #expect(check.facts["a"] == ["(not shown)", ["(not shown)": 7]])
    #expect(check.facts["n"] == .null)
    for form in [OutputFormCase.table, .json] {
      #expect(!output(effects(task(.doctor([check]), form: form.form))).contains("tok_"))
    }
  }

  enum OutputFormCase {
    case table, json
    var form: OutputForm { self == .table ? .table : .json }
  }
}
