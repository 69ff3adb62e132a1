import Crypto
import Foundation

/// Frames of WebSocket (RFC 6455) as a server writes them.
enum WebSocketFrame {
  /// The operation of a frame.
  enum Operation: UInt8, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    var isControl: Bool { rawValue >= 0x8 }
  }

  /// One whole frame, unmasked.
  static func bytes(_ operation: Operation, _ payload: some Collection<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = [0x80 | operation.rawValue]
    let count = payload.count
    if count < 126 {
      bytes.append(UInt8(count))
    } else if count <= 0xFFFF {
      bytes += [126, UInt8(count >> 8), UInt8(count & 0xFF)]
    } else {
      bytes.append(127)
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: count >> shift))
      }
    }
    bytes += payload
    return bytes
  }

  /// A close frame.
  static func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
    bytes(.close, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8.prefix(120)))
  }

  /// What answers a client's key.
  static func accept(_ key: String) -> String {
    let text = "\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return Data(Insecure.SHA1.hash(data: Data(text.utf8))).base64EncodedString()
  }
}

/// Why a connection is closed.
enum WebSocketClose {
  static let normal: UInt16 = 1000
  static let goingAway: UInt16 = 1001
  static let protocolError: UInt16 = 1002
  static let invalidText: UInt16 = 1007
  static let policyViolation: UInt16 = 1008
  static let tooLarge: UInt16 = 1009
  static let internalError: UInt16 = 1011
  static let tryAgainLater: UInt16 = 1013

  /// Whether a peer may send a code.
  static func isSendable(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
