internal import CCurl

/// What a server showed when it was connected to.
package struct Look: Hashable, Sendable {
  /// Where the connection led, a number and a port; nil when none came about.
  package var address: String?
  package var timing: Timing
  /// Protocol and cipher: `TLSv1.3 / TLS_AES_256_GCM_SHA384`; nil without TLS.
  package var encryption: String?
  /// What the server showed, its own first.
  package var certificates: [Certificate]
  /// Why the certificate is not trusted, as what follows "the certificate"; nil where it is, and
  /// where trust was not asked for.
  package var distrust: String?
  /// Why no connection came about.
  package var failure: Failure?
}

/// A certificate as far as people want to know it.
package struct Certificate: Hashable, Sendable {
  package var subject: String
  package var issuer: String
  /// The hosts that it is for: `DNS:api.example.com`, `IP Address:127.0.0.1`.
  package var names: [String]
  /// As OpenSSL writes moments: `Feb  1 00:00:00 2024 GMT`.
  package var begins: String
  package var ends: String

  /// A certificate by the lines that libcurl has of it.
  init(lines: [String]) {
    func value(_ name: String) -> String {
      let line = lines.first { $0.hasPrefix("\(name):") }
      return ASCII.printable(String((line ?? "").dropFirst(name.count + 1).prefix(1000)))
    }
    subject = value("Subject")
    issuer = value("Issuer")
    names = value("X509v3 Subject Alternative Name").split(separator: ",").prefix(50).map { name in
      String(name.drop { $0 == " " })
    }
    begins = value("Start date")
    ends = value("Expire date")
  }
}

/// Looks at the way to a server without sending it anything.
package enum Inspection {
  /// Connects, as far as the TLS handshake, waits for it, and lets go.
  /// - Parameters:
  ///   - url: Where to.
  ///   - settings: How; of the same proxy and authorities as everything else.
  ///   - trusting: False goes on with a certificate that cannot be trusted, to see it.
  ///   - milliseconds: How long it may take.
  /// - Returns: What was seen; a failure is part of it.
  package static func look(
    at url: String,
    settings: TransportSettings,
    trusting: Bool = true,
    milliseconds: Int
  ) -> Look {
    do throws(Failure) {
      try settings.check()
      try CurlMulti.setUp()
      let limits = Limits(connectMilliseconds: milliseconds, totalMilliseconds: milliseconds)
      let checked = try CheckedRequest(Request(url: url, connection: .kept, limits: limits))
      let easy = try CurlEasy()
      try easy.prepareToLook(checked, settings, trusting: trusting)
      let code = easy.perform()
      var look = look(easy, Verdict(easy: easy, checked: checked), code)
      // Without trust libcurl reads no authorities: no chain would be found in order.
      if !trusting { look.distrust = nil }
      return look
    } catch {
      return Look(timing: Timing(), certificates: [], failure: error)
    }
  }

  private static func look(_ easy: CurlEasy, _ verdict: Verdict, _ code: CURLcode) -> Look {
    var look = Look(
      timing: verdict.timing,
      encryption: easy.encryption,
      certificates: easy.certificates().map { Certificate(lines: $0) }
    )
    if let address = easy.text(CURLINFO_PRIMARY_IP), easy.amount(CURLINFO_CONNECT_TIME_T) > 0 {
      let host = address.contains(":") ? "[\(address)]" : address
      look.address = "\(host):\(easy.number(CURLINFO_PRIMARY_PORT))"
    }
    look.distrust = Distrust.words(easy.number(CURLINFO_SSL_VERIFYRESULT))
    if code != CURLE_OK, case .failure(let failure) = verdict.result(code) {
      look.failure = failure
    }
    return look
  }
}
