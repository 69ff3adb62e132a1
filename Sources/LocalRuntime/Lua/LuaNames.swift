internal import CLua
import JSON

/// The names by which a script reads its run.
enum LuaNames {
  /// Pushes what the request holds, and names it.
  static func push(_ request: JSONObject, into state: LuaState) {
    for name in ["input", "run", "item", "index"] {
      state.push(request[name] ?? .null)
      state.setGlobal(name)
    }
    pushSteps(request["steps"]?.array ?? [], into: state)
    state.setGlobal("steps")
    pushInner(request["body"]?.array ?? [], into: state)
    state.setGlobal("body")
    if let item = request["item"] {
      state.newTable()
      state.push(item)
      state.setField("item")
      state.push(request["index"] ?? .null)
      state.setField("index")
      state.setGlobal("foreach")
    }
    guard let iteration = request["iteration"] else { return }
    state.newTable()
    state.push(iteration)
    state.setField("iteration")
    pushInner(request["previous"]?.array ?? [], into: state)
    state.setField("prev")
    state.setGlobal("loop")
  }

  private static func pushSteps(_ steps: [JSONValue], into state: LuaState) {
    state.newTable()
    let ids = Set(steps.compactMap { $0[0]?.string })
    for step in steps {
      guard let id = step[0]?.string else { continue }
      state.newTable()
      state.push(step[1] ?? .null)
      state.setField("result")
      state.push(step[2] ?? .null)
      state.setField("input")
      name(id, among: ids, in: state)
    }
  }

  /// Results of the steps in a loop's body: their fields are read with and without the word
  /// `result` before them.
  private static func pushInner(_ results: [JSONValue], into state: LuaState) {
    state.newTable()
    let ids = Set(results.compactMap { $0[0]?.string })
    for result in results {
      guard let id = result[0]?.string else { continue }
      state.push(result[1] ?? .null)
      if state.type(at: -1) == LUA_TTABLE, !state.isList(at: -1) {
        state.newTable()
        state.newTable()
        state.duplicate(-3)
        state.setField("result")
        state.setField("__index")
        state.setMetatable()
      }
      name(id, among: ids, in: state)
    }
  }

  /// Puts what is on top into the table beneath it under a step's id, and, where no other step is
  /// called so, with underscores for hyphens.
  private static func name(_ id: String, among ids: Set<String>, in state: LuaState) {
    let plain = String(id.map { $0 == "-" ? "_" : $0 })
    if plain != id, !ids.contains(plain) {
      state.push(plain)
      state.duplicate(-2)
      unsafe lua_rawset(state.pointer, -4)
    }
    state.setField(id)
  }
}
