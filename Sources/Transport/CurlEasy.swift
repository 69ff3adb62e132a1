internal import CCurl
internal import Glibc

/// One easy handle of libcurl, with the memory it points into.
///
/// The lists and buffers that libcurl keeps pointers to live here, as long as the handle does. Not
/// `Sendable`: a handle belongs to the thread that drives its pool.
@safe final class CurlEasy {
  let handle: UnsafeMutableRawPointer
  /// What has come of the answer so far.
  private(set) var answer = PartialAnswer(limits: Limits())
  /// Protocol and cipher, as libcurl words them; noted where it is asked to talk.
  private(set) var encryption: String?
  private let errorText: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var refused: CURLoption?

  init() throws(Failure) {
    guard let handle = unsafe curl_easy_init() else {
      throw Failure(.other, "libcurl is out of memory")
    }
    unsafe self.handle = unsafe handle
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    unsafe curl_slist_free_all(headerList)
    unsafe errorText.deallocate()
  }

  /// Makes the handle ready for one exchange.
  func prepare(_ checked: CheckedRequest, _ settings: TransportSettings) throws(Failure) {
    answer = PartialAnswer(limits: checked.request.limits)
    unsafe errorText.pointee = 0
    refused = nil
    setHouse(settings)
    setLimits(checked.request.limits)
    setConnection(checked.request.connection)
    setMessage(checked)
    setCallbacks()
    if let refused {
      throw Failure(
        .other,
        "libcurl does not take its option \(refused.rawValue); "
          + "this program needs libcurl 7.85 or newer with TLS"
      )
    }
  }

  /// Makes the handle ready to connect, and no more than that.
  /// - Parameters:
  ///   - checked: Where to; nothing of it is sent.
  ///   - settings: How.
  ///   - trusting: Whether a certificate that cannot be trusted ends it.
  /// - Throws: What libcurl does not take.
  func prepareToLook(
    _ checked: CheckedRequest,
    _ settings: TransportSettings,
    trusting: Bool
  ) throws(Failure) {
    try prepare(checked, settings)
    encryption = nil
    set(CURLOPT_CONNECT_ONLY, 1)
    set(CURLOPT_FRESH_CONNECT, 1)
    set(CURLOPT_CERTINFO, 1)
    if !trusting {
      set(CURLOPT_SSL_VERIFYPEER, 0)
      set(CURLOPT_SSL_VERIFYHOST, 0)
    }
    set(CURLOPT_VERBOSE, 1)
    // Unretained: libcurl calls back only while it is made to connect, by whoever holds this object.
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    note(unsafe ccurl_set_pointer(handle, CURLOPT_DEBUGDATA, context), CURLOPT_DEBUGDATA)
    note(
      unsafe ccurl_set_debug_callback(handle) { _, type, bytes, count, context in
        unsafe CurlEasy.hear(type, bytes, count, context)
        return 0
      },
      CURLOPT_DEBUGFUNCTION
    )
    if let refused { throw Failure(.other, "libcurl does not take its option \(refused.rawValue)") }
  }

  /// Takes what libcurl says of the encryption; all else it says is not listened to.
  private static func hear(
    _ type: curl_infotype,
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
  ) {
    guard type == CURLINFO_TEXT, let context = unsafe context else { return }
    let text = unsafe String(
      decoding: UnsafeRawBufferPointer(start: bytes, count: count),
      as: UTF8.self
    )
    let start = "SSL connection using "
    guard text.hasPrefix(start) else { return }
    let easy = unsafe Unmanaged<CurlEasy>.fromOpaque(context).takeUnretainedValue()
    easy.encryption = ASCII.printable(String(text.dropFirst(start.count)))
  }

  /// A fact that libcurl has as text, fit to print; nil when it is empty.
  func text(_ fact: CURLINFO) -> String? {
    guard let text = unsafe ccurl_get_string(handle, fact) else { return nil }
    let plain = unsafe ASCII.printable(String(cString: text))
    return plain.isEmpty ? nil : plain
  }

  /// What the server showed: of each certificate its `Name:value` lines, the server's own first.
  func certificates() -> [[String]] {
    guard let facts = unsafe ccurl_get_certificates(handle), unsafe facts.pointee.num_of_certs > 0
    else { return [] }
    return unsafe (0..<min(10, Int(facts.pointee.num_of_certs))).map { index in
      var lines: [String] = []
      var next = unsafe facts.pointee.certinfo[index]
      while let line = unsafe next, lines.count < 64 {
        if let text = unsafe line.pointee.data {
          lines.append(unsafe String(cString: text))
        }
        unsafe next = unsafe line.pointee.next
      }
      return lines
    }
  }

  /// Connects, and waits for it.
  func perform() -> CURLcode { unsafe curl_easy_perform(handle) }

  /// Forgets the exchange, so that the next one starts from libcurl's defaults.
  func reset() {
    unsafe curl_easy_reset(handle)
    unsafe curl_slist_free_all(headerList)
    unsafe headerList = nil
    answer = PartialAnswer(limits: Limits())
  }

  /// Takes out what has come of the body; the answer in the end is without it.
  func takeBody() -> [UInt8] { answer.takeOut() }

  /// libcurl's own words about the last mistake, fit to print; empty when it has none.
  var errorWords: String {
    unsafe ASCII.printable(String(cString: errorText))
  }

  /// A fact of the exchange that libcurl counts in a `long`.
  func number(_ fact: CURLINFO) -> Int {
    unsafe ccurl_get_long(handle, fact)
  }

  /// A fact of the exchange that libcurl counts in 64 bits: microseconds or bytes.
  func amount(_ fact: CURLINFO) -> Int {
    unsafe Int(ccurl_get_offset(handle, fact))
  }

  // MARK: Options

  private func setHouse(_ settings: TransportSettings) {
    set(CURLOPT_NOSIGNAL, 1)
    // Without it, giving up an exchange waits for its name lookup to end. The lookup's thread frees
    // what it holds when it ends, so nothing is lost.
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_PATH_AS_IS, 1)
    set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
    set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate")
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_USERAGENT, settings.userAgent)
    // An empty text, and not nothing: nothing would let libcurl look into the environment.
    set(CURLOPT_PROXY, settings.proxy ?? "")
    set(CURLOPT_NOPROXY, settings.noProxyList)
    set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    set(CURLOPT_CAINFO, ifPresent: settings.caFile)
    set(CURLOPT_SSLCERT, ifPresent: settings.clientCertificate)
    set(CURLOPT_SSLKEY, ifPresent: settings.clientKey)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_TCP_KEEPIDLE, 60)
    set(CURLOPT_TCP_KEEPINTVL, 30)
  }

  private func setLimits(_ limits: Limits) {
    // Zero would mean libcurl's own bound, five minutes, and none.
    set(CURLOPT_CONNECTTIMEOUT_MS, max(1, limits.connectMilliseconds))
    set(CURLOPT_TIMEOUT_MS, max(1, limits.totalMilliseconds))
    if let lowSpeed = limits.lowSpeed {
      set(CURLOPT_LOW_SPEED_LIMIT, max(1, lowSpeed.bytesPerSecond))
      set(CURLOPT_LOW_SPEED_TIME, max(1, lowSpeed.seconds))
    }
  }

  private func setConnection(_ use: ConnectionUse) {
    switch use {
    case .kept:
      set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
    case .fresh:
      set(CURLOPT_FRESH_CONNECT, 1)
      set(CURLOPT_FORBID_REUSE, 1)
      set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    }
  }

  private func setMessage(_ checked: CheckedRequest) {
    let request = checked.request
    set(CURLOPT_URL, request.url)
    switch (request.method, request.body) {
    case ("GET", nil): set(CURLOPT_HTTPGET, 1)
    case ("HEAD", nil): set(CURLOPT_NOBODY, 1)
    case (let method, let body):
      set(CURLOPT_POST, 1)
      set(CURLOPT_CUSTOMREQUEST, method)
      let bytes = body ?? []
      note(
        unsafe bytes.withUnsafeBytes { bytes in
          // The bytes of an empty array have no address, and libcurl would then wait for a callback
          // to bring some.
          unsafe bytes.isEmpty
            ? unsafe ccurl_copy_body(handle, "", 0)
            : unsafe ccurl_copy_body(handle, bytes.baseAddress, curl_off_t(bytes.count))
        },
        CURLOPT_COPYPOSTFIELDS
      )
    }
    for line in checked.lines {
      guard let longer = unsafe curl_slist_append(headerList, line) else {
        refused = CURLOPT_HTTPHEADER
        return
      }
      unsafe headerList = unsafe longer
    }
    note(unsafe ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, headerList), CURLOPT_HTTPHEADER)
  }

  private func setCallbacks() {
    note(unsafe ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText), CURLOPT_ERRORBUFFER)
    // Unretained: libcurl calls back only from within calls on the multi handle, whose pool holds
    // this object until the handle has been taken out.
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    note(unsafe ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context), CURLOPT_HEADERDATA)
    note(unsafe ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context), CURLOPT_WRITEDATA)
    note(
      unsafe ccurl_set_write_callback(handle, CURLOPT_HEADERFUNCTION) {
        bytes,
        size,
        count,
        context in
        unsafe CurlEasy.take(bytes, size * count, context) { unsafe $0.takeHeaderLine($1) }
      },
      CURLOPT_HEADERFUNCTION
    )
    note(
      unsafe ccurl_set_write_callback(handle, CURLOPT_WRITEFUNCTION) {
        bytes,
        size,
        count,
        context in
        unsafe CurlEasy.take(bytes, size * count, context) { unsafe $0.takeBody($1) }
      },
      CURLOPT_WRITEFUNCTION
    )
  }

  /// Hands bytes of a callback to the answer; returning less than `count` ends the exchange.
  private static func take(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?,
    _ body: (inout PartialAnswer, UnsafeRawBufferPointer) -> Bool
  ) -> Int {
    guard let context = unsafe context else { return 0 }
    let easy = unsafe Unmanaged<CurlEasy>.fromOpaque(context).takeUnretainedValue()
    return unsafe body(&easy.answer, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
  }

  private func set(_ option: CURLoption, _ value: Int) {
    note(unsafe ccurl_set_long(handle, option, value), option)
  }

  private func set(_ option: CURLoption, _ value: String) {
    note(unsafe ccurl_set_string(handle, option, value), option)
  }

  private func set(_ option: CURLoption, ifPresent value: String?) {
    guard let value else { return }
    set(option, value)
  }

  private func note(_ code: CURLcode, _ option: CURLoption) {
    if code != CURLE_OK, refused == nil { refused = option }
  }
}
