internal import CCurl
internal import Glibc
internal import Synchronization

/// The multi handle of libcurl.
///
/// Not `Sendable`: it belongs to the thread that drives its pool. Only `bell` may be rung from
/// elsewhere.
@safe final class CurlMulti {
  /// A way to wake a wait from another thread, which outlives the handle.
  let bell: Bell
  private let handle: UnsafeMutableRawPointer

  /// Guards the handle against a ring that comes while it is taken down.
  final class Bell: Sendable {
    /// As a number, since a pointer may not be handed to another thread; nil once taken down.
    private let address: Mutex<UInt?>

    init(address: UInt) {
      self.address = Mutex(address)
    }

    func ring() {
      address.withLock { address in
        guard let address, let handle = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
          return
        }
        // It only writes a byte to a pipe; one that is full rings already.
        _ = unsafe curl_multi_wakeup(handle)
      }
    }

    func takeDown() {
      address.withLock { $0 = nil }
    }
  }

  /// Sets libcurl up, once in a process.
  static func setUp() throws(Failure) {
    guard library == CURLE_OK else {
      throw Failure(.other, "libcurl cannot be set up; is the machine out of memory?")
    }
  }

  init(_ settings: TransportSettings) throws(Failure) {
    try Self.setUp()
    guard let handle = unsafe curl_multi_init() else {
      throw Failure(.other, "libcurl cannot be set up; is the machine out of memory?")
    }
    unsafe self.handle = unsafe handle
    bell = Bell(address: UInt(bitPattern: handle))
    let codes = [
      unsafe ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, max(1, settings.keptConnections)),
      unsafe ccurl_multi_set_long(
        handle,
        CURLMOPT_MAX_TOTAL_CONNECTIONS,
        max(1, settings.openConnections)
      ),
    ]
    guard codes.allSatisfy({ $0 == CURLM_OK }) else {
      throw Failure(.badSetting, "libcurl does not take the bounds on connections")
    }
  }

  /// Ends the handle; every easy handle must have been taken out.
  deinit {
    bell.takeDown()
    unsafe curl_multi_cleanup(handle)
  }

  /// Puts an exchange in; false when libcurl refuses it.
  func add(_ easy: CurlEasy) -> Bool {
    unsafe curl_multi_add_handle(handle, easy.handle) == CURLM_OK
  }

  /// Takes an exchange out, done or not.
  func remove(_ easy: CurlEasy) {
    unsafe curl_multi_remove_handle(handle, easy.handle)
  }

  /// Moves every exchange as far as it goes without waiting.
  func perform() {
    var running: Int32 = 0
    unsafe curl_multi_perform(handle, &running)
  }

  /// The next exchange that ended, nil when there is none.
  func nextFinished(among easies: [CurlEasy]) -> (easy: CurlEasy, code: CURLcode)? {
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(handle, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
      let code = unsafe ccurl_message_result(message)
      let done = unsafe message.pointee.easy_handle
      if let easy = easies.first(where: { unsafe $0.handle == done }) { return (easy, code) }
    }
    return nil
  }

  /// Waits until a socket of libcurl, a watched descriptor, the bell or the time says so.
  func wait(watching watches: [Watch], milliseconds: Int32) -> [Ready] {
    var extra = watches.map { watch in
      let events =
        (watch.readable ? CURL_WAIT_POLLIN : 0) | (watch.writable ? CURL_WAIT_POLLOUT : 0)
      return curl_waitfd(fd: watch.descriptor, events: Int16(events), revents: 0)
    }
    var active: Int32 = 0
    let code = unsafe curl_multi_poll(handle, &extra, UInt32(extra.count), milliseconds, &active)
    // libcurl says neither that a descriptor was hung up nor that it is bad: in the second case it
    // returns at once, for ever, with nothing marked. So whenever something was active, ask the
    // system itself about ours; it costs a microsecond.
    if code == CURLM_OK { return active > 0 ? Self.look(at: watches, milliseconds: 0) : [] }
    // libcurl cannot wait (out of memory, or out of descriptors): our own must work all the same.
    return Self.look(at: watches, milliseconds: min(milliseconds, 100))
  }

  private static func look(at watches: [Watch], milliseconds: Int32) -> [Ready] {
    var descriptors = watches.map { watch in
      let events = (watch.readable ? POLLIN : 0) | (watch.writable ? POLLOUT : 0)
      return pollfd(fd: watch.descriptor, events: Int16(events), revents: 0)
    }
    guard unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds) > 0 else { return [] }
    return descriptors.filter { $0.revents != 0 }.map { entry in
      let events = Int32(entry.revents)
      return Ready(
        descriptor: entry.fd,
        readable: events & POLLIN != 0,
        writable: events & POLLOUT != 0,
        hungUp: events & POLLHUP != 0,
        failed: events & (POLLERR | POLLNVAL) != 0
      )
    }
  }

  /// libcurl's own state, set up once in the life of the program.
  private static let library: CURLcode = {
    ignoreBrokenPipes()
    ccurl_return_large_blocks()
    return curl_global_init(Int(CURL_GLOBAL_DEFAULT))
  }()

  /// Keeps a connection that breaks under a write from killing the program.
  ///
  /// With CURLOPT_NOSIGNAL libcurl leaves SIGPIPE alone, and OpenSSL writes without MSG_NOSIGNAL. A
  /// handler that the program set by itself stays.
  private static func ignoreBrokenPipes() {
    if let own = signal(SIGPIPE, SIG_IGN) { signal(SIGPIPE, own) }
  }
}
