internal import CLua
import JSON

/// What a script finds besides its own names.
enum LuaLibraries {
  /// Functions that load, print, or steer the collector.
  private static let withheld = [
    "load", "loadstring", "loadfile", "dofile", "require", "collectgarbage", "warn",
  ]
  /// `json.encode` makes no longer text than this.
  private static let longestText = 16 * 1024 * 1024

  /// Opens base, string, table, math and `json` in a fresh state.
  static func open(_ state: LuaState) {
    let pointer = unsafe state.pointer
    unsafe luaL_requiref(pointer, "_G", luaopen_base, 1)
    unsafe luaL_requiref(pointer, "string", luaopen_string, 1)
    unsafe luaL_requiref(pointer, "table", luaopen_table, 1)
    unsafe luaL_requiref(pointer, "math", luaopen_math, 1)
    unsafe lua_settop(pointer, 0)
    for name in withheld { state.clearGlobal(name) }
    state.prepareLists()
    // There is nobody to read it, and scripts that print should go on all the same.
    unsafe clua_push_function(pointer) { _ in 0 }
    state.setGlobal("print")
    openJSON(state)
  }

  private static func openJSON(_ state: LuaState) {
    let pointer = unsafe state.pointer
    state.newTable()
    unsafe clua_push_function(pointer) { pointer in
      guard let pointer = unsafe pointer else { return 0 }
      return LuaLibraries.decode(unsafe LuaState(pointer))
    }
    state.setField("decode")
    unsafe clua_push_function(pointer) { pointer in
      guard let pointer = unsafe pointer else { return 0 }
      return LuaLibraries.encode(unsafe LuaState(pointer))
    }
    state.setField("encode")
    unsafe clua_push_function(pointer) { pointer in
      guard let pointer = unsafe pointer else { return 0 }
      return LuaLibraries.array(unsafe LuaState(pointer))
    }
    state.setField("array")
    state.pushNull()
    state.setField("null")
    state.setGlobal("json")
  }

  // MARK: Functions

  private static func decode(_ state: LuaState) -> Int32 {
    guard state.top > 0, let text = state.text(at: 1) else {
      return raise("json.decode takes a text", state)
    }
    do throws(JSONMistake) {
      state.push(try JSONValue(parsing: text))
      return 1
    } catch {
      return raise("json.decode: \(error.sentence)", state)
    }
  }

  private static func encode(_ state: LuaState) -> Int32 {
    guard state.top > 0 else { return raise("json.encode takes a value", state) }
    unsafe lua_settop(state.pointer, 1)
    var writer = LuaWriter(state, name: "json.encode: the value", limit: longestText)
    do throws(LuaRefusal) {
      try writer.write()
      state.push(writer.bytes)
      return 1
    } catch {
      return raise(error.sentence, state)
    }
  }

  /// Marks a table as a list and answers it; makes an empty one of nothing.
  private static func array(_ state: LuaState) -> Int32 {
    unsafe lua_settop(state.pointer, 1)
    if state.type(at: 1) == LUA_TNIL {
      state.pop()
      state.newTable()
    }
    guard state.type(at: 1) == LUA_TTABLE else { return raise("json.array takes a table", state) }
    state.markList()
    return 1
  }

  /// Leaves an error on the stack, with the line of the script that called, for the C frame above.
  private static func raise(_ words: String, _ state: LuaState) -> Int32 {
    unsafe luaL_where(state.pointer, 1)
    let place = state.text(at: -1) ?? ""
    state.pop()
    state.push(place + words)
    return -1
  }
}
