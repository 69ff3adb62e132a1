/// Why a certificate is not trusted, by OpenSSL's numbers (`X509_V_ERR_…` of `x509_vfy.h`), which
/// libcurl passes on.
enum Distrust {
  /// What follows "the certificate"; nil for one in order, and for libcurl's own number of a
  /// certificate of another host, of which its sentence tells more.
  static func words(_ number: Int) -> String? {
    switch number {
    case 0, 1: nil
    case 9: "is not valid yet; is the clock of this machine right?"
    case 10: "has expired; the server needs a new one"
    case 18: "is signed by itself; to trust it, name its file as ca_file"
    case 2, 19, 20, 21:
      "is from an authority that is not known here; name its file as ca_file"
    case 23: "was revoked"
    case 24, 79: "is signed by an authority that may not sign"
    case 62, 64: "is for another host; check the URL"
    default: "is not trusted (OpenSSL's reason \(number)); name its authority's file as ca_file"
    }
  }
}
