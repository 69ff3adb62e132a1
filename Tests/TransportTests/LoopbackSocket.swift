import Glibc

/// A TCP socket on a port of 127.0.0.1 that the system chose.
struct LoopbackSocket: Sendable {
  let descriptor: Int32
  let port: Int

  /// Binds a socket; nobody listens yet, so that connecting to it is refused.
  init() throws {
    let descriptor = try SystemMistake.check(
      "socket",
      socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    )
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
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

  func listen(backlog: Int32) throws {
    try SystemMistake.check("listen", Glibc.listen(descriptor, backlog))
  }

  func close() {
    Glibc.close(descriptor)
  }

  /// Begins to connect to a port without waiting for it.
  ///
  /// - Returns: The descriptor of the new socket.
  static func knock(at port: Int) throws -> Int32 {
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
struct Pipe: Sendable {
  let reading: Int32
  let writing: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    try SystemMistake.check("pipe", unsafe pipe(&ends))
    reading = ends[0]
    writing = ends[1]
  }
}

/// Something a peer waits for until a test opens it.
final class Gate: Sendable {
  let descriptor: Int32
  private let writing: Int32

  init() throws {
    let pipe = try Pipe()
    descriptor = pipe.reading
    writing = pipe.writing
  }

  deinit {
    close(descriptor)
    close(writing)
  }

  /// Lets everyone through who waits, now and later.
  func open() {
    var byte: UInt8 = 1
    _ = unsafe write(writing, &byte, 1)
  }
}
