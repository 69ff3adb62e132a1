internal import CCurl

/// The libcurl that this program runs with.
package enum CurlVersion {
  /// The library and what it is built on: `libcurl/7.88.1 OpenSSL/3.0.15 …`.
  package static var text: String { unsafe String(cString: curl_version()) }

  /// The file of authorities that it trusts unless told otherwise; nil when it does not say.
  package static var authorities: String? {
    unsafe ccurl_own_authorities().map { unsafe String(cString: $0) }
  }
}
