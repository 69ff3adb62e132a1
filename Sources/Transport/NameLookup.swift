internal import Glibc
internal import Synchronization

/// Asks the system for the addresses of a name.
package enum NameLookup {
  /// What the system said.
  package enum Finding: Hashable, Sendable {
    /// Numbers, in the order in which they would be tried.
    case addresses([String])
    /// The name has none; the system's words.
    case none(String)
    /// The system was still looking when time was up.
    case late
  }

  /// The addresses of a host.
  ///
  /// The system's call has no bound, so a thread of its own makes it; one that is late is left to
  /// itself and to the end of the program.
  /// - Parameters:
  ///   - host: A name or a number, without brackets.
  ///   - milliseconds: How long to wait at most.
  /// - Returns: What was found in that time.
  package static func addresses(of host: String, milliseconds: Int) -> Finding {
    let question = Question(host: host)
    guard question.pipe.read >= 0 else { return .none("the system has no pipe left") }
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(question)
    let code = unsafe pthread_create(
      &thread,
      nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Question>.fromOpaque(context).takeRetainedValue().ask()
        return nil
      },
      context.toOpaque()
    )
    guard code == 0 else {
      unsafe context.release()
      return .none("the system has no thread left")
    }
    pthread_detach(thread)
    var entry = pollfd(fd: question.pipe.read, events: Int16(POLLIN), revents: 0)
    while true {
      let ready = unsafe poll(&entry, 1, Int32(clamping: max(0, milliseconds)))
      if ready < 0, errno == EINTR { continue }
      return question.finding.withLock(\.self) ?? .late
    }
  }

  /// A question on its way to the thread that asks it.
  private final class Question: Sendable {
    let host: String
    let finding = Mutex<Finding?>(nil)
    /// Closed at its writing end when the answer is there.
    let pipe: (read: Int32, write: Int32)

    init(host: String) {
      self.host = host
      var ends: [Int32] = [-1, -1]
      let made = unsafe Glibc.pipe(&ends)
      for end in ends where made == 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      pipe = made == 0 ? (ends[0], ends[1]) : (-1, -1)
    }

    deinit {
      if pipe.read >= 0 { close(pipe.read) }
      if pipe.write >= 0 { close(pipe.write) }
    }

    func ask() {
      let answer = NameLookup.find(host)
      finding.withLock { $0 = answer }
      var byte: UInt8 = 0
      _ = unsafe write(pipe.write, &byte, 1)
    }
  }

  private static func find(_ host: String) -> Finding {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = unsafe getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else { return .none(unsafe String(cString: gai_strerror(code))) }
    defer { unsafe freeaddrinfo(list) }
    var addresses: [String] = []
    var next = unsafe list
    while let entry = unsafe next, addresses.count < 16 {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let named = unsafe getnameinfo(
        entry.pointee.ai_addr,
        entry.pointee.ai_addrlen,
        &text,
        socklen_t(text.count),
        nil,
        0,
        NI_NUMERICHOST
      )
      if named == 0 {
        let address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        if !addresses.contains(address) { addresses.append(address) }
      }
      unsafe next = unsafe entry.pointee.ai_next
    }
    return .addresses(addresses)
  }
}
