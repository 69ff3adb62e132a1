internal import Cells
internal import CommandCenter
internal import JSON

/// A theme that may be chosen, as it is told.
package struct ThemeChoice: Sendable, Equatable {
  package var name: String
  /// The file it is read from; nil for the one that the program carries.
  package var file: String?
  /// It is the one that the screens have.
  package var isInUse: Bool
  /// Why it cannot be used.
  package var mistake: String?

  /// A choice.
  package init(name: String, file: String?, isInUse: Bool, mistake: String? = nil) {
    self.name = name
    self.file = file
    self.isInUse = isInUse
    self.mistake = mistake
  }

  /// The folder of the file.
  fileprivate var folder: String {
    guard let file else { return "(in the program)" }
    return file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
  }

  fileprivate var json: JSONObject {
    [
      "name": .string(name), "file": file.map { .string($0) } ?? .null,
      "in_use": .bool(isInUse), "mistake": mistake.map { .string($0) } ?? .null,
    ]
  }
}

/// Themes as the shell writes them.
enum ThemeOutput {
  static func list(_ choices: [ThemeChoice], _ context: ShellContext) -> [ShellEffect] {
    let text = Sheet.text(
      choices,
      context,
      fields: fields,
      json: { .object($0.json) },
      table: table
    )
    guard context.form == .table else { return [.out(text), .finish(.done)] }
    let mistakes = choices.compactMap(\.mistake).map { ShellEffect.complain(Text.sanitised($0)) }
    return [.out(text)] + mistakes + [.finish(.done)]
  }

  private static func table(_ choices: [ThemeChoice]) -> Table {
    var table = Table(columns: [
      .init(title: "THEME"), .init(title: ""), .init(title: "FROM", gives: true),
    ])
    table.rows = choices.map { choice in
      let remark = choice.mistake != nil ? "broken" : choice.isInUse ? "in use" : ""
      return [choice.name, remark, choice.folder]
    }
    return table
  }

  private static var fields: [Field<ThemeChoice>] {
    [
      Field("name") { $0.name }, Field("file") { $0.file }, Field("in_use") { "\($0.isInUse)" },
      Field("mistake") { $0.mistake },
    ]
  }

  static func preview(
    _ choice: ThemeChoice,
    _ theme: Theme,
    _ glyphs: Glyphs,
    _ context: ShellContext
  ) -> [ShellEffect] {
    if context.form == .tsv { return [.out(TSV.text([choice], fields)), .finish(.done)] }
    guard context.form == .table else {
      var object = choice.json
      object["roles"] = .object(roles(theme))
      return [.out(JSONOutput.text(.object(object), context.form)), .finish(.done)]
    }
    let columns = max(40, min(80, context.width ?? 80))
    return [.paint(ThemeSample(glyphs, columns: columns).frame, theme), .finish(.done)]
  }

  /// What each role looks like at every depth.
  private static func roles(_ theme: Theme) -> JSONObject {
    let depths: [(String, ColorDepth)] = [
      ("rgb", .direct), ("256", .palette256), ("16", .sixteen), ("mono", .mono),
    ]
    return Role.allCases.reduce(into: [:]) { roles, role in
      let looks: JSONObject = depths.reduce(into: [:]) { looks, depth in
        looks[depth.0] = json(theme.style(Look(role), depth: depth.1))
      }
      roles[role.rawValue] = .object(looks)
    }
  }

  private static func json(_ style: Style) -> JSONValue {
    [
      "fg": style.foreground.map { .string($0.text) } ?? .null,
      "bg": style.background.map { .string($0.text) } ?? .null,
      "bold": .bool(style.bold), "underline": .bool(style.underline),
      "reverse": .bool(style.reverse), "dim": .bool(style.dim),
    ]
  }
}

/// A small inbox with one of each, on which a theme is looked at.
struct ThemeSample {
  private(set) var frame: Frame
  private let glyphs: Glyphs
  private let columns: Int
  private var row = 0

  init(_ glyphs: Glyphs, columns: Int) {
    self.glyphs = glyphs
    self.columns = columns
    frame = Frame(size: Size(columns: columns, rows: 20))
    top()
    rows()
    below()
  }

  private mutating func top() {
    var end = frame.put(" prod", column: 0, row: 0, look: .title)
    end = frame.put("  acme/payments", column: end, row: 0, look: .chrome)
    frame.putRight("live", end: columns - 1, row: 0, look: .success)
    frame.putRight("2 pending", end: columns - 7, row: 0, look: .attention)
    frame.put("[1 Inbox 8]", column: 1, row: 1, look: .tabActive)
    frame.put("2 Runs", column: 14, row: 1, look: .tab)
    row = 2
  }

  private mutating func rows() {
    heading("AWAITING APPROVAL 2")
    line(glyphs.awaiting, .attention, "crm-sync", "edit", "Update 3 fields", selected: true)
    line(glyphs.awaiting, .attention, "refund", "approval", "Refund $420 to alex")
    heading("STOPPING GRACEFULLY 1")
    line(glyphs.draining, .draining, "digest", "3 in flight", "summarize-a, summarize-b")
    heading("RUNNING NOW 3")
    line(glyphs.running, .running, "invoice", "5/9 steps", "fetch-invoices")
    line(glyphs.paused, .paused, "payroll", "paused", "by maria")
    line(glyphs.queued, .queued, "report", "queued", "")
    heading("FAILED RECENTLY 2")
    line(glyphs.failed, .failure, "triage", "MCP_TOOL_FAILED", "create-ticket: 401")
    line(glyphs.stopped, .stopped, "enrich", "stopped", "by maria")
    line(glyphs.done, .success, "index", "done", "what has gone well")
    line(glyphs.running, .running, "old", "2/4 steps", "data that is late is dimmed", dimmed: true)
  }

  private mutating func below() {
    frame.put("OFFLINE: a warning says what is wrong", column: 1, row: row, look: .warning)
    frame.put("/", column: 1, row: row + 1, look: .key)
    frame.put("status:failed", column: 3, row: row + 1, look: .field)
    var at = 1
    for (key, words) in [("a", "approve"), ("s", "stop"), ("?", "help")] {
      at = frame.put(key, column: at, row: row + 2, look: .key)
      at = frame.put(" \(words)  ", column: at, row: row + 2, look: .secondary)
    }
    // Every status once more on the bar.
    let statuses: [Role] = [
      .attention, .draining, .running, .paused, .queued, .failure, .stopped, .success,
    ]
    let bar = row + 3
    at = 1
    for role in statuses {
      at = frame.put("\(role.rawValue) ", column: at, row: bar, look: Look(role))
    }
    frame.restyle(Rect(column: 0, row: bar, columns: columns, rows: 1)) { $0.selected = true }
  }

  private mutating func heading(_ title: String) {
    let end = frame.put("\(title) ", column: 1, row: row, look: .section)
    frame.fill(
      Rect(column: end, row: row, columns: columns - end, rows: 1),
      with: glyphs.rule,
      look: .faint
    )
    row += 1
  }

  private mutating func line(
    _ glyph: Character,
    _ role: Role,
    _ name: String,
    _ status: String,
    _ words: String,
    selected: Bool = false,
    dimmed: Bool = false
  ) {
    frame.put(String(glyph), column: 1, row: row, look: Look(role))
    frame.put(name, column: 3, row: row, look: .text)
    let end = frame.put(status, column: 12, row: row, look: Look(role))
    let column = max(28, end + 1)
    frame.put(
      Text.truncated(words, to: max(0, columns - 4 - column)),
      column: column,
      row: row,
      look: .text
    )
    frame.putRight("4m", end: columns - 1, row: row, look: .secondary)
    if selected { frame.put(String(glyphs.marker), column: 0, row: row, look: .accent) }
    frame.restyle(Rect(column: 0, row: row, columns: columns, rows: 1)) {
      $0.selected = selected
      $0.dimmed = dimmed
    }
    row += 1
  }
}
