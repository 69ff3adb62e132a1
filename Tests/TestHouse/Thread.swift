import Glibc

/// A thread of the system's own, for peers that block.
package struct Thread: Sendable {
  private let id: pthread_t

  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }

  package init(_ body: @escaping @Sendable () -> Void) throws {
    var id = pthread_t()
    let work = unsafe Unmanaged.passRetained(Work(body))
    let code = unsafe pthread_create(
      &id,
      nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
      },
      work.toOpaque()
    )
    guard code == 0 else {
      unsafe work.release()
      throw SystemMistake(call: "pthread_create", code: code)
    }
    self.id = id
  }

  package func join() {
    _ = pthread_join(id, nil)
  }
}

/// A call to the system that a test needs and did not get.
package struct SystemMistake: Error, CustomStringConvertible {
  package var call: String
  package var code: Int32

  /// The number that a call returned, or its mistake when it is negative.
  @discardableResult
  package static func check(_ call: String, _ value: Int32) throws -> Int32 {
    guard value < 0 else { return value }
    throw SystemMistake(call: call, code: errno)
  }

  package var description: String { "\(call) failed with errno \(code)" }
}
