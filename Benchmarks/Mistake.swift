internal import Glibc

/// Why a measure could not be taken: one sentence, with what to do.
struct Mistake: Error {
  let sentence: String

  init(_ sentence: String) { self.sentence = sentence }

  /// A call of the system that failed, with the system's own reason.
  static func system(_ what: String, code: CInt = errno) -> Mistake {
    Mistake("\(what): \(unsafe String(cString: strerror(code)))")
  }
}
