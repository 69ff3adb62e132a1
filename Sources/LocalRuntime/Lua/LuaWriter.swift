internal import CLua
import JSON

/// Why a value of a script cannot be written as JSON.
struct LuaRefusal: Error, Equatable {
  /// One sentence, naming the path.
  var sentence: String
}

/// Writes a value of a script as JSON.
///
/// A table is a list when it came as one, was made with `json.array`, or is not empty and has the
/// keys 1 to n; every other table is an object whose keys are texts, an empty one too. Whole numbers
/// are written without a fraction. Keys come in order, so equal results have equal texts.
struct LuaWriter {
  private let state: LuaState
  private let limit: Int
  private(set) var bytes: [UInt8] = []
  private var path: [String]
  private var open: Set<UInt> = []

  init(_ state: LuaState, name: String, limit: Int) {
    self.state = state
    self.limit = limit
    path = [name]
  }

  /// Writes the value on top of the stack, and leaves it there.
  mutating func write() throws(LuaRefusal) {
    switch state.type(at: -1) {
    case LUA_TNIL: try put("null")
    case LUA_TBOOLEAN: try put(unsafe lua_toboolean(state.pointer, -1) != 0 ? "true" : "false")
    case LUA_TNUMBER: try writeNumber()
    case LUA_TSTRING: try put(JSONWriter.text(.string(try text(at: -1))))
    case LUA_TTABLE: try writeTable()
    case LUA_TLIGHTUSERDATA: try put("null")
    case LUA_TFUNCTION: throw refusal("is a function, which JSON does not have")
    default: throw refusal("is of a kind that JSON does not have")
    }
  }

  private mutating func put(_ text: String) throws(LuaRefusal) {
    bytes += text.utf8
    guard bytes.count <= limit else {
      throw LuaRefusal(sentence: "\(path[0]) is larger than \(limit) bytes as JSON")
    }
  }

  private mutating func writeNumber() throws(LuaRefusal) {
    let pointer = unsafe state.pointer
    if unsafe lua_isinteger(pointer, -1) != 0 {
      return try put("\(unsafe lua_tointegerx(pointer, -1, nil))")
    }
    let number = unsafe lua_tonumberx(pointer, -1, nil)
    guard !number.isNaN else { throw refusal("is not a number (such as 0/0), which JSON lacks") }
    guard number.isFinite else { throw refusal("is infinite, which JSON does not have") }
    // Every whole number of this range is exact, and reads the same without its “.0”.
    let isWhole = number.rounded() == number && abs(number) < 9_007_199_254_740_992
    try put(isWhole ? "\(Int64(number))" : "\(number)")
  }

  private func text(at index: Int32) throws(LuaRefusal) -> String {
    var count = 0
    guard let start = unsafe lua_tolstring(state.pointer, index, &count) else { return "" }
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
    guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
      throw refusal("is a text that is not UTF-8")
    }
    return text
  }

  // MARK: Tables

  /// What the keys of a table are.
  private struct Keys {
    var names: [String] = []
    var numbers = 0
    var largest: lua_Integer = 0
  }

  private mutating func writeTable() throws(LuaRefusal) {
    guard path.count <= LuaState.maximumDepth,
      unsafe lua_checkstack(state.pointer, 8) != 0
    else { throw refusal("nests deeper than \(LuaState.maximumDepth) tables") }
    let identity = UInt(bitPattern: unsafe lua_topointer(state.pointer, -1))
    guard open.insert(identity).inserted else { throw refusal("holds itself") }
    defer { open.remove(identity) }
    let keys = try self.keys()
    let isMarked = state.isList(at: -1)
    if keys.numbers > 0, !keys.names.isEmpty {
      throw refusal("has both numbers and names as keys, so it is neither a list nor an object")
    }
    guard keys.numbers > 0 || (isMarked && keys.names.isEmpty) else {
      return try writeObject(keys.names)
    }
    // Nulls of a list are holes. A hole or two may be meant, a thousand are a mistake.
    guard keys.largest <= 2 * lua_Integer(keys.numbers) + 8 else {
      throw refusal("is a list with more holes than values, up to the key \(keys.largest)")
    }
    try writeList(keys.largest)
  }

  private func keys() throws(LuaRefusal) -> Keys {
    var keys = Keys()
    unsafe lua_pushnil(state.pointer)
    while unsafe lua_next(state.pointer, -2) != 0 {
      state.pop()
      switch state.type(at: -1) {
      case LUA_TSTRING: keys.names.append(try text(at: -1))
      case LUA_TNUMBER where unsafe lua_isinteger(state.pointer, -1) != 0:
        let number = unsafe lua_tointegerx(state.pointer, -1, nil)
        guard number > 0 else { throw refusal("has the key \(number); lists begin with 1") }
        keys.numbers += 1
        keys.largest = max(keys.largest, number)
      default: throw refusal("has a key that is neither a text nor a whole number")
      }
    }
    keys.names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return keys
  }

  private mutating func writeList(_ count: lua_Integer) throws(LuaRefusal) {
    try put("[")
    for index in stride(from: 1, through: count, by: 1) {
      if index > 1 { try put(",") }
      path.append("[\(index)]")
      unsafe _ = lua_rawgeti(state.pointer, -1, index)
      try write()
      state.pop()
      path.removeLast()
    }
    try put("]")
  }

  private mutating func writeObject(_ names: [String]) throws(LuaRefusal) {
    try put("{")
    for (place, name) in names.enumerated() {
      if place > 0 { try put(",") }
      try put(JSONWriter.text(.string(name)) + ":")
      path.append(".\(name)")
      state.push(name)
      unsafe _ = lua_rawget(state.pointer, -2)
      try write()
      state.pop()
      path.removeLast()
    }
    try put("}")
  }

  private func refusal(_ words: String) -> LuaRefusal {
    let place = path.prefix(16).joined() + (path.count > 16 ? "…" : "")
    return LuaRefusal(sentence: "\(place) \(words)")
  }
}
