import COpenAPI
import Crypto
import Foundation

/// The description of the API, `openapi.yaml` of the repository.
enum OpenAPIDocument {
  static let text = unsafe String(cString: openapi_text())

  /// Its entity tag: another one for each text.
  static let tag: String = {
    let digest = SHA256.hash(data: Data(text.utf8)).prefix(12)
    let digits = digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    return "\"\(digits.joined())\""
  }()
}
