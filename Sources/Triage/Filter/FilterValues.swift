internal import Runs

extension Inbox {
  /// A text that stands in some column, and how many rows have it.
  package struct Value: Sendable, Equatable {
    package var text: String
    package var count: Int
  }

  /// How many rows are looked through for what stands in a column.
  private static let valueRows = 20_000
  /// How many texts of a column are told.
  private static let valueLimit = 200

  /// What stands in the column of a key now, the most frequent first; nothing for amounts and ids.
  package func values(of key: FilterKey) -> [Value] {
    var counts: [String: Int] = [:]
    var left = Inbox.valueRows
    for section in Section.allCases {
      let rows = rows[section] ?? []
      for place in rows.indices.prefix(left) {
        for text in rows[place].values(of: key) { counts[text, default: 0] += 1 }
      }
      left -= min(left, rows.count)
    }
    return counts.map { Value(text: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.text) < ($0.count, $1.text) }
      .prefix(Inbox.valueLimit)
      .map { $0 }
  }
}

extension Row {
  /// What stands in the column of a key, as it would be written behind it.
  fileprivate func values(of key: FilterKey) -> [String] {
    let texts: [String?] =
      switch key {
      case .status: [task == nil ? run?.status.word : "awaiting"]
      case .section: [section.word]
      case .workflow: [title]
      case .step:
        (run?.currentSteps.map(\.text) ?? []) + [run?.failure?.step?.text, task?.step.text]
      case .code: [run?.failure?.code]
      case .trigger: [run?.trigger]
      case .by: [run?.statusBy]
      case .age, .credits, .id: []
      }
    return Set(texts.compactMap { $0 }.filter { !$0.isEmpty && $0.utf8.count <= 80 }).sorted()
  }
}
