internal import CLua
import Glibc
import JSON

/// The process that runs one script and ends.
///
/// It reads the request from its standard input up to the end, gives up what it does not need, says
/// that the script begins, runs it, and writes the answer. The script sees the libraries base,
/// string, table and math, less what loads or prints, and `json`.
///
/// Three things end a script that does not end: an alarm that it cannot catch, the limit of the
/// processor's time, and the parent. A hook that counts instructions would add nothing: a pattern
/// that recurses runs for hours without one.
package enum LuaChild {
  /// What the program is asked with to become such a process.
  package static let subcommand = "lua-script"

  /// Does it.
  package static func run() -> Never {
    LuaLimits.giveUpEverything()
    guard let value = try? JSONValue(parsing: readAll()), let request = value.object,
      let script = request["script"]?.string, let (state, memory) = unsafe LuaMemory.state()
    else { LuaAnswer.leave(.misunderstood) }
    LuaLibraries.open(state)
    LuaNames.push(request, into: state)
    unsafe memory.pointee.close()
    var seconds = 5.0
    if case .number(let number)? = request["seconds"] { seconds = number.double }
    LuaLimits.setTime(seconds)
    LuaAnswer.write([LuaAnswer.begun])
    LuaAnswer.leave(execute(script, state, isTest: request["test"]?.bool == true))
  }

  private static func execute(_ script: String, _ state: LuaState, isTest: Bool) -> LuaAnswer.End {
    var status = state.load(script)
    if status == LUA_OK { status = unsafe clua_pcall(state.pointer, 0, 1) }
    guard status == LUA_OK else { return .failed(mistake(state)) }
    return isTest ? test(state) : result(state)
  }

  private static func result(_ state: LuaState) -> LuaAnswer.End {
    guard state.type(at: -1) == LUA_TTABLE else {
      return .failed("it returned \(kind(state)), not a table")
    }
    var writer = LuaWriter(state, name: "result", limit: LuaAnswer.maximumResult)
    do throws(LuaRefusal) {
      try writer.write()
      return .result(writer.bytes)
    } catch {
      return .failed(error.sentence)
    }
  }

  /// A test answers `{ pass = … }`; a bare value counts by itself, as Lua takes it.
  private static func test(_ state: LuaState) -> LuaAnswer.End {
    if state.type(at: -1) == LUA_TTABLE {
      state.push("pass")
      guard unsafe lua_rawget(state.pointer, -2) != LUA_TNIL else {
        return .failed("it returned a table without “pass”; write { pass = true } or false")
      }
    }
    let holds = unsafe lua_toboolean(state.pointer, -1) != 0
    return .result(Array(#"{"pass":\#(holds)}"#.utf8))
  }

  private static func mistake(_ state: LuaState) -> String {
    if state.type(at: -1) == LUA_TTABLE {
      state.push("message")
      if unsafe lua_rawget(state.pointer, -2) != LUA_TSTRING { state.pop() }
    }
    if unsafe lua_isinteger(state.pointer, -1) != 0 {
      return "\(unsafe lua_tointegerx(state.pointer, -1, nil))"
    }
    guard let text = state.text(at: -1) else { return "it raised \(kind(state)) as its error" }
    return LuaMistake(text).sentence
  }

  private static func kind(_ state: LuaState) -> String {
    switch state.type(at: -1) {
    case LUA_TNIL: "nothing"
    case LUA_TBOOLEAN: "a boolean"
    case LUA_TNUMBER: "a number"
    case LUA_TSTRING: "a text"
    case LUA_TFUNCTION: "a function"
    case LUA_TTABLE: "a table"
    default: "something else"
    }
  }

  private static func readAll() -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe read(STDIN_FILENO, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }
}

extension LuaAnswer {
  /// How the process ends, with bytes that are JSON already.
  enum End {
    case result([UInt8])
    case failed(String)
    case memory
    case misunderstood
  }

  /// The byte that says that the script begins.
  static let begun = UInt8(ascii: "b")

  /// Writes the answer and ends the process.
  static func leave(_ end: End) -> Never {
    switch end {
    case .result(let bytes): write(Array(#"{"result":"#.utf8) + bytes + Array("}".utf8))
    case .failed(let sentence): write(JSONWriter.bytes(["failed": .string(sentence)]))
    // Without allocating: there is nothing left to allocate.
    case .memory: writeMemory()
    case .misunderstood: write(Array(#"{"misunderstood":true}"#.utf8))
    }
    _exit(0)
  }

  private static func writeMemory() {
    let text: StaticString = #"{"memory":true}"#
    _ = unsafe Glibc.write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }

  static func write(_ bytes: [UInt8]) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes[written...].withUnsafeBytes {
        unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { _exit(1) }
      written += count
    }
  }
}
