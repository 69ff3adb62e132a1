import JSON

/// Replaces the templates of one value, and keeps count of what they make of it.
struct TemplateResolver {
  /// Templates may not make more bytes than this of a value.
  static let maximumSize = 4 << 20
  /// Nor more levels: what is written must be readable again, inside of other values.
  static let maximumDepth = JSONScanner.maximumDepth - 16

  let scope: TemplateScope
  let step: String
  private var size = 0

  init(scope: TemplateScope, step: String) {
    self.scope = scope
    self.step = step
  }

  /// The value with its templates replaced; nil when it is to be omitted.
  mutating func resolve(
    _ value: JSONValue,
    place: String,
    depth: Int = 0
  ) throws(TemplateMistake) -> JSONValue? {
    switch value {
    case .null, .bool, .number: return value
    case .string(let text):
      do throws(TemplateMistake) {
        return try resolve(text, depth)
      } catch {
        throw error.at(place, step: step)
      }
    case .object(let object):
      return .object(try resolve(object, place: place, depth: depth))
    case .array(let items):
      var kept: [JSONValue] = []
      for (index, item) in items.enumerated() {
        let inner = Template.join(place, String(index))
        if let item = try resolve(item, place: inner, depth: depth + 1) { kept.append(item) }
      }
      return .array(kept)
    }
  }

  /// The object with the templates of its members replaced.
  mutating func resolve(
    _ object: JSONObject,
    place: String,
    depth: Int = 0
  ) throws(TemplateMistake) -> JSONObject {
    var members: [JSONObject.Member] = []
    members.reserveCapacity(object.count)
    for member in object.members {
      let inner = Template.join(place, member.key)
      if let value = try resolve(member.value, place: inner, depth: depth + 1) {
        members.append(JSONObject.Member(member.key, value))
      }
    }
    return JSONObject(members)
  }

  private mutating func resolve(
    _ text: String,
    _ depth: Int
  ) throws(TemplateMistake) -> JSONValue? {
    let pieces = try TemplateParser.pieces(of: text)
    if pieces.count == 1, case .expression(let expression) = pieces[0] {
      guard let value = try expression.value(scope) else { return nil }
      try count(value, depth)
      return value
    }
    var whole = ""
    for piece in pieces {
      switch piece {
      case .text(let plain): whole += plain
      case .expression(let expression):
        guard let value = try expression.value(scope, inText: true) else { break }
        try count(value, depth)
        if case .string(let inner) = value {
          whole += inner
        } else {
          whole += JSONWriter.text(value)
        }
      }
    }
    return .string(whole)
  }

  private mutating func count(_ value: JSONValue, _ depth: Int) throws(TemplateMistake) {
    let (bytes, levels) = Self.measure(value)
    size += bytes
    guard size <= Self.maximumSize else {
      throw TemplateMistake(
        .excess,
        "the templates make more than \(Self.maximumSize) bytes of it; pass on less"
      )
    }
    guard depth + levels <= Self.maximumDepth else {
      throw TemplateMistake(
        .excess,
        "the templates nest values more than \(Self.maximumDepth) levels deep; pass on less"
      )
    }
  }

  /// About how many bytes a value has as JSON, and how many levels.
  static func measure(_ value: JSONValue) -> (bytes: Int, levels: Int) {
    var bytes = 2
    var levels = 0
    switch value {
    case .null, .bool: bytes = 4
    case .number(let number): bytes = number.text.utf8.count
    case .string(let text): bytes += text.utf8.count
    case .array(let items):
      for item in items {
        let inner = measure(item)
        bytes += inner.bytes + 1
        levels = max(levels, inner.levels + 1)
      }
    case .object(let object):
      for member in object.members {
        let inner = measure(member.value)
        bytes += inner.bytes + member.key.utf8.count + 4
        levels = max(levels, inner.levels + 1)
      }
    }
    return (bytes, levels)
  }
}
