internal import CLua
import JSON

/// A state of the interpreter, and the few things that are done with it.
///
/// Nothing here may raise a Lua error, for that would leave Swift frames by `longjmp`: tables are
/// read and written without their metamethods, and memory that runs out ends the process (see
/// ``LuaMemory``).
@safe struct LuaState {
  /// What Lua calls the script in its messages.
  static let chunkName = "=script"
  /// The name of the metatable that marks a table as a list.
  private static let listMark = "list"
  /// Values that nest deeper are refused.
  static let maximumDepth = 128

  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) {
    unsafe self.pointer = unsafe pointer
  }

  /// The text at a place of the stack; nil when there is none.
  ///
  /// Only for texts: a number would be changed where it stands.
  static func text(_ state: OpaquePointer, at index: Int32) -> String? {
    guard unsafe lua_type(state, index) == LUA_TSTRING else { return nil }
    var count = 0
    guard let start = unsafe lua_tolstring(state, index, &count) else { return nil }
    return unsafe String(
      decoding: UnsafeRawBufferPointer(start: start, count: count),
      as: UTF8.self
    )
  }

  func text(at index: Int32) -> String? { unsafe Self.text(pointer, at: index) }

  func type(at index: Int32) -> Int32 { unsafe lua_type(pointer, index) }

  func pop(_ count: Int32 = 1) { unsafe lua_settop(pointer, -count - 1) }

  var top: Int32 { unsafe lua_gettop(pointer) }

  /// Gives what is on top a global name.
  func setGlobal(_ name: String) { unsafe lua_setglobal(pointer, name) }

  /// Takes a global name away.
  func clearGlobal(_ name: String) {
    unsafe lua_pushnil(pointer)
    setGlobal(name)
  }

  /// Puts what is on top into the table beneath it, under a name.
  func setField(_ name: String) {
    push(name)
    unsafe lua_rotate(pointer, -2, 1)
    unsafe lua_rawset(pointer, -3)
  }

  func newTable() { unsafe lua_createtable(pointer, 0, 0) }

  /// Pushes what is at a place once more.
  func duplicate(_ index: Int32) { unsafe lua_pushvalue(pointer, index) }

  /// Makes a metatable of what is on top, for the table beneath it.
  func setMetatable() { unsafe _ = lua_setmetatable(pointer, -2) }

  /// Compiles a script and leaves its function on top, or what is wrong with it.
  ///
  /// Only text: nothing checks a chunk that was compiled elsewhere.
  func load(_ script: String) -> Int32 {
    let bytes = Array(script.utf8) + [0]
    return unsafe bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return LUA_ERRSYNTAX }
      return unsafe luaL_loadbufferx(
        pointer,
        start.assumingMemoryBound(to: CChar.self),
        bytes.count - 1,
        Self.chunkName,
        "t"
      )
    }
  }

  // MARK: Pushing

  func push(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      unsafe push(UnsafeRawBufferPointer(bytes))
    }
  }

  func push(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe push($0) }
  }

  private func push(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, bytes.count > 0 else {
      unsafe _ = lua_pushstring(pointer, "")
      return
    }
    unsafe _ = lua_pushlstring(
      pointer,
      start.assumingMemoryBound(to: CChar.self),
      bytes.count
    )
  }

  /// Pushes a value; null reads as nil, so a member that is null is absent.
  func push(_ value: JSONValue) {
    guard unsafe lua_checkstack(pointer, 8) != 0 else { LuaAnswer.leave(.memory) }
    switch value {
    case .null: unsafe lua_pushnil(pointer)
    case .bool(let truth): unsafe lua_pushboolean(pointer, truth ? 1 : 0)
    case .number(let number):
      if let whole = number.int {
        unsafe lua_pushinteger(pointer, lua_Integer(whole))
      } else {
        unsafe lua_pushnumber(pointer, number.double)
      }
    case .string(let text): push(text)
    case .array(let items):
      unsafe lua_createtable(pointer, Int32(clamping: items.count), 0)
      for (index, item) in items.enumerated() {
        push(item)
        unsafe lua_rawseti(pointer, -2, lua_Integer(index + 1))
      }
      markList()
    case .object(let object):
      unsafe lua_createtable(pointer, 0, Int32(clamping: object.count))
      for member in object.members where !member.value.isNull {
        push(member.key)
        push(member.value)
        unsafe lua_rawset(pointer, -3)
      }
    }
  }

  /// Pushes what stands for null in a result, where nil would be nothing.
  func pushNull() { unsafe lua_pushlightuserdata(pointer, nil) }

  // MARK: Lists

  /// Makes the mark of lists known; once in a state's life, before anything is pushed.
  func prepareLists() {
    unsafe _ = luaL_newmetatable(pointer, Self.listMark)
    pop()
  }

  /// Marks the table on top as a list, so that it is one when it is empty too.
  func markList() { unsafe luaL_setmetatable(pointer, Self.listMark) }

  /// Whether the table at a place bears the mark.
  func isList(at index: Int32) -> Bool {
    guard unsafe lua_getmetatable(pointer, index) != 0 else { return false }
    unsafe _ = lua_getfield(pointer, clua_registry_index(), Self.listMark)
    defer { pop(2) }
    return unsafe lua_rawequal(pointer, -1, -2) != 0
  }
}
