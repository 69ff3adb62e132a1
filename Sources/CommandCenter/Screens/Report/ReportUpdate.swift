internal import Cells
internal import JSON
internal import Runs

extension Model {
  /// Opens a report, and has it written.
  mutating func openReport(_ subject: ReportScreen.Subject) -> [Effect] {
    layers.append(.report(ReportScreen(subject)))
    notice = nil
    settleReport()
    return read(subject)
  }

  private mutating func read(_ subject: ReportScreen.Subject) -> [Effect] {
    switch subject {
    case .doctor: return [.examine]
    case .context(let reference, _):
      guard mayAsk else {
        let sentence = access.missing ?? "the token is still being fetched"
        return handle(.context(reference, .failure(Fault(.unauthenticated, sentence))))
      }
      return [.loadContext(reference)]
    }
  }

  /// What came of something that was to be reported.
  mutating func handle(_ message: ReportMessage) -> [Effect] {
    for place in layers.indices {
      guard case .report(var screen) = layers[place] else { continue }
      switch (message, screen.subject) {
      case (.examined(let lines), .doctor): screen.result = .success(lines)
      case (.context(let run, let result), .context(let wanted, let path)) where run == wanted:
        screen.result = Model.report(result, at: path)
      default: continue
      }
      layers[place] = .report(screen)
    }
    settleReport()
    return []
  }

  private static func report(
    _ result: Result<JSONValue, Fault>,
    at path: String?
  ) -> Result<[ReportLine], Fault> {
    switch result {
    case .failure(let fault): return .failure(fault)
    case .success(let context):
      if let lines = ContextLines.of(context, at: path) { return .success(lines) }
      let names = context.object?.keys.prefix(8).joined(separator: ", ") ?? ""
      let offer = names.isEmpty ? "the context is empty" : "paths begin with \(names)"
      return .failure(Fault(.local, "the context has nothing at \(path ?? "all"); \(offer)"))
    }
  }

  /// A key on a report.
  mutating func reportCommand(_ command: Command, _ screen: ReportScreen) -> [Effect] {
    var screen = screen
    let page = max(1, ReportView.height(self) - 1)
    switch command {
    case .up: screen.scroll -= 1
    case .down: screen.scroll += 1
    case .pageUp: screen.scroll -= page
    case .pageDown: screen.scroll += page
    case .halfUp: screen.scroll -= max(1, page / 2)
    case .halfDown: screen.scroll += max(1, page / 2)
    case .top: screen.scroll = 0
    case .bottom: screen.scroll = screen.drawn.count
    case .close, .back:
      layers.removeLast()
      return watchSelection()
    default: return []
    }
    layers[layers.count - 1] = .report(screen)
    settleReport()
    return []
  }

  /// Reads once more what a report is about.
  mutating func readReport(_ screen: ReportScreen) -> [Effect] {
    guard screen.result != nil else { return [] }
    layers[layers.count - 1] = .report(ReportScreen(screen.subject))
    settleReport()
    return read(screen.subject)
  }

  /// Lays out what a report says for the screen as it is; as it came it would be wrapped at every key.
  mutating func settleReport() {
    for place in layers.indices {
      guard case .report(var screen) = layers[place] else { continue }
      screen.drawn = ReportView.lines(screen, columns: size.columns)
      screen.scroll = max(0, min(screen.scroll, screen.drawn.count - ReportView.height(self)))
      layers[place] = .report(screen)
    }
  }
}
