internal import CCurl
internal import Glibc

/// What libcurl says about an exchange that ended, turned into a response or a failure.
struct Verdict {
  let easy: CurlEasy
  let checked: CheckedRequest

  private var request: Request { checked.request }
  private var place: String { checked.address.words }

  /// The result for libcurl's code.
  func result(_ code: CURLcode) -> Result<Response, Failure> {
    guard code == CURLE_OK else { return .failure(failure(code)) }
    // A connection that ends within the headers is a success to libcurl.
    guard easy.answer.hasWholeHead else { return .failure(cut()) }
    return .success(
      Response(
        status: easy.number(CURLINFO_RESPONSE_CODE),
        headers: ResponseHeaders(easy.answer.headers),
        body: easy.answer.body,
        httpVersion: httpVersion,
        milliseconds: easy.amount(CURLINFO_TOTAL_TIME_T) / 1_000,
        bytesReceived: easy.amount(CURLINFO_SIZE_DOWNLOAD_T) + easy.number(CURLINFO_HEADER_SIZE),
        timing: timing
      )
    )
  }

  /// How long the parts took so far.
  var timing: Timing {
    Timing(
      lookup: easy.amount(CURLINFO_NAMELOOKUP_TIME_T),
      connect: easy.amount(CURLINFO_CONNECT_TIME_T),
      handshake: easy.amount(CURLINFO_APPCONNECT_TIME_T),
      firstByte: easy.amount(CURLINFO_STARTTRANSFER_TIME_T),
      total: easy.amount(CURLINFO_TOTAL_TIME_T)
    )
  }

  /// The failure of an exchange that its owner gave up.
  func cancelled() -> Failure {
    Failure(code: .cancelled, sentence: "\(place): given up", sent: maySent(certain: false))
  }

  private var httpVersion: String {
    switch easy.number(CURLINFO_HTTP_VERSION) {
    case Int(CURL_HTTP_VERSION_1_0): "1.0"
    case Int(CURL_HTTP_VERSION_2_0): "2"
    default: "1.1"
    }
  }

  private func failure(_ code: CURLcode) -> Failure {
    switch easy.answer.excess {
    case .body:
      return sent(
        .bodyTooLarge,
        "\(place): the answer is larger than \(Words.bytes(request.limits.maximumBodyBytes)); "
          + "it was cut off"
      )
    case .headers:
      return headersTooLarge()
    case nil:
      break
    }
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT,
      CURLE_PROXY:
      return unreachable(code)
    case CURLE_OPERATION_TIMEDOUT:
      return timedOut()
    case CURLE_RECV_ERROR where easy.errorWords.contains(" alert "),
      CURLE_SEND_ERROR where easy.errorWords.contains(" alert "):
      return alerted()
    case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE:
      return cut()
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE,
      CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT,
      CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return tls(code)
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_HTTP2_STREAM,
      CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR:
      return sent(
        .protocolBroken,
        "\(place): what came is not an HTTP answer\(detail); is this the right port?"
      )
    case CURLE_OUT_OF_MEMORY where easy.number(CURLINFO_REQUEST_SIZE) > 0:
      // What libcurl says of a header line over its own bound, 100 kB.
      return headersTooLarge()
    case CURLE_URL_MALFORMAT:
      return Failure(.badURL, "\(place): not a URL\(detail); write https://host/")
    default:
      return Failure(
        code: .other,
        sentence: "\(place): the exchange failed with libcurl's code \(code.rawValue)\(detail)",
        sent: maySent(certain: false)
      )
    }
  }

  // MARK: Kinds

  private func unreachable(_ code: CURLcode) -> Failure {
    let isSent = maySent(certain: true)
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST:
      return Failure(
        code: .couldNotResolve,
        sentence: "\(place): no such host; check the URL and the network",
        sent: isSent
      )
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Failure(
        code: .couldNotResolve,
        sentence: "\(place): the proxy has no address; check the proxy setting",
        sent: isSent
      )
    case CURLE_PROXY:
      return Failure(
        code: .couldNotConnect,
        sentence: "\(place): the proxy did not connect\(detail); check the proxy setting",
        sent: isSent
      )
    default:
      break
    }
    let number = Int32(easy.number(CURLINFO_OS_ERRNO))
    if let proxy = unreachedProxy {
      let how = number == ECONNREFUSED ? "refused the connection" : "cannot be reached"
      return Failure(
        code: .couldNotConnect,
        sentence: "\(place): the proxy \(proxy) \(how); check the proxy setting",
        sent: isSent
      )
    }
    if number == ECONNREFUSED {
      return Failure(
        code: .refused,
        sentence: "\(place): connection refused; is the server running?",
        sent: isSent
      )
    }
    return Failure(
      code: .couldNotConnect,
      sentence: "\(place): cannot connect\(detail); check the URL and the network",
      sent: isSent
    )
  }

  private func headersTooLarge() -> Failure {
    let bound = Words.bytes(request.limits.maximumHeaderBytes)
    return sent(
      .headersTooLarge,
      "\(place): the headers of the answer are larger than \(bound); is this the right server?"
    )
  }

  private func timedOut() -> Failure {
    let limits = request.limits
    let isSent = maySent(certain: false)
    let taken = easy.amount(CURLINFO_TOTAL_TIME_T) / 1_000
    let words =
      if easy.number(CURLINFO_REQUEST_SIZE) == 0 {
        "no connection within "
          + Words.duration(min(limits.connectMilliseconds, limits.totalMilliseconds))
          + "; check the URL and the network"
      } else if limits.lowSpeed != nil, taken < limits.totalMilliseconds {
        "the answer came too slowly; given up after \(Words.duration(taken))"
      } else if easy.answer.hasBegun {
        "the answer was not complete after \(Words.duration(limits.totalMilliseconds))"
      } else {
        "no answer within \(Words.duration(limits.totalMilliseconds)); the server may be busy"
      }
    return Failure(code: .timedOut, sentence: "\(place): \(words)", sent: isSent)
  }

  private func cut() -> Failure {
    let tunnel = easy.number(CURLINFO_HTTP_CONNECTCODE)
    if tunnel == 407 {
      return Failure(
        .couldNotConnect,
        "\(place): the proxy wants another user and password (407); write the proxy as "
          + "http://user:password@host:port"
      )
    }
    if tunnel >= 300 {
      return Failure(
        .couldNotConnect,
        "\(place): the proxy answered \(tunnel); check the proxy setting"
      )
    }
    return Failure(
      code: .cut,
      sentence: easy.answer.hasBegun
        ? "\(place): the connection ended before the answer was complete"
        : "\(place): the connection ended before an answer came",
      sent: maySent(certain: false)
    )
  }

  private func tls(_ code: CURLcode) -> Failure {
    let advice =
      switch code {
      case CURLE_PEER_FAILED_VERIFICATION: distrust
      case CURLE_SSL_CACERT_BADFILE:
        "the CA file cannot be read\(detail); check its path"
      case CURLE_SSL_CERTPROBLEM:
        "the client certificate or its key cannot be used\(detail); check their paths"
      default:
        "no TLS connection\(detail); does the server speak https on this port?"
      }
    return Failure(code: .tls, sentence: "\(place): \(advice)", sent: maySent(certain: true))
  }

  /// Why the server's certificate is not trusted, and what to do.
  private var distrust: String {
    if easy.errorWords.contains("target host name") {
      return "the certificate is for another host\(detail); check the URL"
    }
    let words = Distrust.words(easy.number(CURLINFO_SSL_VERIFYRESULT))
    let unknown = "is not trusted\(detail); name its authority's file as ca_file"
    return "the certificate \(words ?? unknown)"
  }

  /// The server ended the TLS connection with a reason, at times only after the request has left.
  private func alerted() -> Failure {
    let wants = easy.errorWords.contains("certificate required")
    let advice =
      wants
      ? "the server wants a client certificate; name one as client_cert, and its key as client_key"
      : "the server ended the TLS connection\(detail)"
    return Failure(code: .tls, sentence: "\(place): \(advice)", sent: maySent(certain: false))
  }

  private func sent(_ code: Failure.Code, _ sentence: String) -> Failure {
    Failure(code: code, sentence: sentence, sent: true)
  }

  // MARK: Facts

  /// libcurl's words in brackets, or nothing.
  private var detail: String {
    let words = easy.errorWords
    return words.isEmpty ? "" : " (\(words))"
  }

  /// The host that libcurl could not connect to, where it is not the one of the URL.
  private var unreachedProxy: String? {
    let start = "Failed to connect to "
    guard easy.errorWords.hasPrefix(start) else { return nil }
    let words = easy.errorWords.dropFirst(start.count).split(separator: " ")
    guard let host = words.first.map(String.init), words.dropFirst().first == "port",
      !checked.address.words.hasPrefix("\(host):"), !checked.address.words.hasPrefix("[\(host)]:")
    else { return nil }
    return host
  }

  /// Whether a byte of the request may have left.
  ///
  /// A code that says by itself that no connection came about is `certain`. libcurl may have tried
  /// twice, so what it counted as sent speaks against it all the same.
  private func maySent(certain: Bool) -> Bool {
    guard easy.number(CURLINFO_REQUEST_SIZE) == 0 else { return true }
    if certain { return false }
    // A reused connection counts as connected from the start, and its times are not kept.
    guard request.connection == .fresh || easy.number(CURLINFO_NUM_CONNECTS) > 0 else {
      return true
    }
    let connected =
      checked.address.scheme == "https" ? CURLINFO_APPCONNECT_TIME_T : CURLINFO_CONNECT_TIME_T
    return easy.amount(connected) > 0
  }
}
