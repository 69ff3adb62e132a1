import Glibc

/// A TCP socket on a port of 127.0.0.1.
package struct LoopbackSocket: Sendable {
  package let descriptor: Int32
  package let port: Int

  /// Binds a socket to a port that the system chooses; nobody listens yet, so that connecting to it
  /// is refused.
  package init() throws {
    try self.init(port: 0)
  }

  /// Another socket on the same port, for as long as that one does not listen itself.
  package func sibling() throws -> LoopbackSocket {
    try lend()
    return try LoopbackSocket(port: port)
  }

  /// Lets a program that was told the port bind to it as well; from all others it stays kept.
  ///
  /// Not before it is bound: the system would choose a port that somebody else shares.
  package func lend() throws {
    var one: Int32 = 1
    try SystemMistake.check(
      "setsockopt",
      unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    )
  }

  private init(port wanted: Int) throws {
    let descriptor = try SystemMistake.check(
      "socket",
      socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    )
    if wanted != 0 {
      var one: Int32 = 1
      _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(wanted).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    try unsafe withUnsafeMutablePointer(to: &address) { pointer in
      try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        try SystemMistake.check("bind", unsafe bind(descriptor, pointer, length))
        try SystemMistake.check("getsockname", unsafe getsockname(descriptor, pointer, &length))
      }
    }
    self.descriptor = descriptor
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  package func listen(backlog: Int32) throws {
    try SystemMistake.check("listen", Glibc.listen(descriptor, backlog))
  }

  package func close() {
    Glibc.close(descriptor)
  }

  /// Connects to a port; what is asked there later fails when no answer comes for long.
  ///
  /// - Returns: The descriptor of the new socket.
  package static func connected(to port: Int) throws -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = try SystemMistake.check("socket", socket(AF_INET, kind, 0))
    var limit = timeval(tv_sec: Int(Waiting.patience.components.seconds), tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      let code = errno
      Glibc.close(descriptor)
      throw SystemMistake(call: "connect to port \(port)", code: code)
    }
    return descriptor
  }

  /// Whether somebody listens on a port.
  package static func isOpen(_ port: Int) -> Bool {
    guard let descriptor = try? connected(to: port) else { return false }
    Glibc.close(descriptor)
    return true
  }

  /// Begins to connect to a port without waiting for it.
  ///
  /// - Returns: The descriptor of the new socket.
  package static func knock(at port: Int) throws -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = try SystemMistake.check("socket", socket(AF_INET, kind, 0))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    _ = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return descriptor
  }
}

/// The two ends of a pipe.
package struct Pipe: Sendable {
  package let reading: Int32
  package let writing: Int32

  package init() throws {
    var ends: [Int32] = [0, 0]
    try SystemMistake.check("pipe", unsafe pipe(&ends))
    reading = ends[0]
    writing = ends[1]
  }
}

/// Something a peer waits for until a test opens it.
package final class Gate: Sendable {
  package let descriptor: Int32
  private let writing: Int32

  package init() throws {
    let pipe = try Pipe()
    descriptor = pipe.reading
    writing = pipe.writing
  }

  deinit {
    close(descriptor)
    close(writing)
  }

  /// Lets everyone through who waits, now and later.
  package func open() {
    var byte: UInt8 = 1
    _ = unsafe write(writing, &byte, 1)
  }
}
