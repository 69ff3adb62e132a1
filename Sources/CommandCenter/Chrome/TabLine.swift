internal import Cells

/// The line of tabs beneath the top line: those that there are, by their digits.
enum TabLine {
  /// Draws the line, with remarks about the data behind the tabs where there is room.
  static func draw(_ model: Model, _ remarks: [String] = [], into frame: inout Frame) {
    let columns = model.size.columns
    let help =
      model.key(.help, in: model.screenLayer.scope)
      .map { [Segment($0, .key), Segment(" help", .tab)] } ?? []
    let end = columns - 2 - help.width
    var column = 1
    for tab in labels(model, room: end - 2) {
      column = frame.put([tab], column: column, row: 1, end: end) + 2
    }
    let remark = remarks.joined(separator: " · ")
    frame.put([Segment(remark, .warning)], column: column, row: 1, end: end)
    frame.put(help, column: columns - 1 - help.width, row: 1, end: columns - 1)
  }

  /// The tabs as they fit: counts of the others give way first, then names are cut, and then those
  /// that are farthest from the open one are left out, with an ellipsis in their place.
  static func labels(_ model: Model, room: Int) -> [Segment] {
    let tabs = model.tabs
    let open = tabs.firstIndex(of: model.tab) ?? 0
    let gaps = 2 * (tabs.count - 1)
    for (nameLimit, counts) in [(Int.max, true), (Int.max, false), (12, false), (6, false)] {
      let all = tabs.indices.map { label($0, model, nameLimit: nameLimit, counts: counts) }
      if all.width + gaps <= room { return all }
    }
    var shown = open...open
    let cut = Segment("…", .tab)
    var line = [label(open, model, nameLimit: 12, counts: false)]
    var grew = true
    while grew {
      grew = false
      let wider = [
        shown.lowerBound...min(shown.upperBound + 1, tabs.count - 1),
        max(0, shown.lowerBound - 1)...shown.upperBound,
      ]
      for next in wider where next != shown {
        var more = next.map { label($0, model, nameLimit: 6, counts: false) }
        if next.lowerBound > 0 { more.insert(cut, at: 0) }
        if next.upperBound < tabs.count - 1 { more.append(cut) }
        guard more.width + 2 * (more.count - 1) <= room else { continue }
        (shown, line, grew) = (next, more, true)
        break
      }
    }
    return line
  }

  private static func label(
    _ place: Int,
    _ model: Model,
    nameLimit: Int,
    counts: Bool
  ) -> Segment {
    let tab = model.tabs[place]
    let isOpen = tab == model.tab
    let (name, count) = model.label(of: tab)
    let shown = nameLimit == .max ? name : Text.truncated(name, to: nameLimit)
    let keys = model.config.keymap.keys(of: .showTab, in: .inbox)
    var text = shown
    if keys.indices.contains(place) {
      let label = model.glyphs == .ascii ? keys[place].asciiLabel : keys[place].label
      text = "\(label) \(shown)"
    }
    if let count, counts || isOpen { text += " \(count)" }
    return isOpen ? Segment("[\(text)]", .tabActive) : Segment(text, .tab)
  }
}
