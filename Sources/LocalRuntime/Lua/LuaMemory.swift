internal import CLua
import Glibc

/// The memory of the interpreter, counted.
///
/// Wanting more than there may be ends the process at once, with its answer: a script cannot catch
/// it, and no error leaves Swift frames on its way.
@safe struct LuaMemory {
  /// What a script may hold beside what it was given: 128 MiB.
  static let allowance = 128 * 1024 * 1024

  private var used = 0
  private var limit = Int.max

  /// A state whose memory is counted; it is never freed, since the process ends with the script.
  static func state() -> (LuaState, UnsafeMutablePointer<LuaMemory>)? {
    let memory = UnsafeMutablePointer<LuaMemory>.allocate(capacity: 1)
    unsafe memory.initialize(to: LuaMemory())
    guard let state = unsafe lua_newstate(allocate, memory) else { return nil }
    return unsafe (LuaState(state), memory)
  }

  /// From now on the script may take its allowance.
  mutating func close() { limit = used + Self.allowance }

  private static let allocate: lua_Alloc = { context, block, old, new in
    guard let memory = unsafe context?.assumingMemoryBound(to: LuaMemory.self) else { return nil }
    // Without a block, `old` is the kind of what is to be made and no size.
    let before = unsafe block == nil ? 0 : old
    guard new > 0 else {
      unsafe free(block)
      unsafe memory.pointee.used -= before
      return nil
    }
    let after = unsafe memory.pointee.used - before + new
    guard unsafe after <= memory.pointee.limit, let moved = unsafe realloc(block, new) else {
      // Shrinking must not fail: Lua relies on it.
      if new <= before { return unsafe block }
      LuaAnswer.leave(.memory)
    }
    unsafe memory.pointee.used = after
    return unsafe moved
  }
}
