import FlyingSocks
import Foundation
import Glibc

/// Where the runtime listens: an address of the network, or a socket in the file system.
package enum ListenPlace: Sendable, Equatable {
  case address(ListenAddress)
  /// The path of a Unix socket, which only its owner may use.
  case socket(String)

  /// The longest path that the system takes.
  private static let longestPath = 107

  /// The place as it is written.
  package var text: String {
    switch self {
    case .address(let address): address.text
    case .socket(let path): path
    }
  }

  /// Where a client that speaks HTTP turns to.
  var url: String {
    switch self {
    case .address(let address): "http://\(address.text)"
    case .socket: "http://localhost"
    }
  }

  /// Listens.
  /// - Returns: The socket, and the place with the port that the system chose.
  /// - Throws: ``RuntimeMistake`` when it cannot.
  func open() throws(RuntimeMistake) -> (Socket, ListenPlace) {
    switch self {
    case .address(let address): try Self.open(address)
    case .socket(let path): (try Self.open(path: path), self)
    }
  }

  /// Takes away what stays in the file system.
  func close() {
    if case .socket(let path) = self { unsafe unlink(path) }
  }

  private static func open(
    _ wanted: ListenAddress
  ) throws(RuntimeMistake) -> (Socket, ListenPlace) {
    let host = wanted.host == "localhost" ? "127.0.0.1" : wanted.host
    let address: any SocketAddress
    do {
      address =
        host.contains(":")
        ? try sockaddr_in6.inet6(ip6: host, port: wanted.port) as any SocketAddress
        : try sockaddr_in.inet(ip4: host, port: wanted.port)
    } catch {
      throw RuntimeMistake("listen: “\(host)” is no address; write one like 127.0.0.1")
    }
    do {
      let socket = try bound(address)
      var known = wanted
      switch try socket.sockname() {
      case .ip4(_, let port), .ip6(_, let port): known.port = port
      default: break
      }
      return (socket, .address(known))
    } catch {
      throw RuntimeMistake(
        "cannot listen on \(wanted.text): \(reason(error)); choose another port with --port"
      )
    }
  }

  private static func open(path: String) throws(RuntimeMistake) -> Socket {
    guard (1...longestPath).contains(path.utf8.count) else {
      throw RuntimeMistake(
        "the path of the socket is \(path.utf8.count) bytes long; at most \(longestPath) are taken"
      )
    }
    try clear(path)
    do {
      return try bound(sockaddr_un.unix(path: path), mode: 0o600)
    } catch {
      throw RuntimeMistake("cannot listen on \(path): \(reason(error))")
    }
  }

  private static func bound(_ address: some SocketAddress, mode: mode_t? = nil) throws -> Socket {
    let socket = try Socket(domain: Int32(type(of: address).family), type: .stream)
    do {
      _ = fcntl(socket.file.rawValue, F_SETFD, FD_CLOEXEC)
      // On Linux the file is made with the mode that the socket has when it is bound.
      if let mode { fchmod(socket.file.rawValue, mode) }
      try socket.setValue(true, for: .localAddressReuse)
      try socket.bind(to: address)
      try socket.listen()
      return socket
    } catch {
      try? socket.close()
      throw error
    }
  }

  /// Takes away a socket that a runtime left behind which was killed; one that answers stays.
  private static func clear(_ path: String) throws(RuntimeMistake) {
    var found = stat()
    guard unsafe lstat(path, &found) == 0 else { return }
    guard found.st_mode & S_IFMT == S_IFSOCK else {
      throw RuntimeMistake("\(path) is there and no socket; name another path with --socket")
    }
    guard let probe = try? Socket(domain: AF_UNIX, type: .stream) else { return }
    defer { try? probe.close() }
    if (try? probe.connect(to: sockaddr_un.unix(path: path))) != nil {
      throw RuntimeMistake(
        "another program listens on \(path); stop it, or name another path with --socket"
      )
    }
    unsafe unlink(path)
  }

  private static func reason(_ error: any Error) -> String {
    if case SocketError.failed(_, let number, _) = error { return FolderLock.reason(number) }
    return error.localizedDescription
  }
}
