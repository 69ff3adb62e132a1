internal import Runs
internal import Transport

/// When the server wants to be asked again, as its headers say.
extension Answer {
  /// How long it asks to wait after a refusal (`Retry-After`).
  ///
  /// A refusal for too many calls (429) may say it by the end of its count instead.
  var retryAfter: Duration? {
    let asked = header("Retry-After").flatMap(wait)
    guard status == 429, let reset = untilReset else { return asked }
    return max(asked ?? .zero, reset)
  }

  /// How long nothing should be asked: after a refusal for too many calls, and after an answer that
  /// says that it was the last one of its count (`X-RateLimit-Remaining: 0`).
  var rest: Duration? {
    if status == 429 { return retryAfter }
    guard let remaining = limit("Remaining").flatMap(WholeNumber.init), remaining.value == 0 else {
      return nil
    }
    return untilReset
  }

  /// How long it is until the server counts calls anew (`X-RateLimit-Reset`).
  private var untilReset: Duration? { limit("Reset").flatMap(wait) }

  /// A header on the count of calls: the published OpenAPI file names it with `X-`, the draft of the
  /// IETF without.
  private func limit(_ name: String) -> String? {
    header("X-RateLimit-\(name)") ?? header("RateLimit-\(name)")
  }

  private func header(_ name: String) -> String? { (try? result.get())?.headers[name] }

  /// The time until what a header says: so many seconds, a count of seconds or milliseconds since
  /// 1970, or a date.
  ///
  /// Moments are the server's, so they are held against its clock where the answer tells that.
  private func wait(_ text: String) -> Duration? {
    let now = receivedAt + (clockSkew ?? .zero)
    if let date = Timestamp(httpDate: text) ?? Timestamp(iso8601: text) {
      return max(.zero, date - now)
    }
    guard let number = WholeNumber(text)?.value else { return nil }
    // Nobody asks to wait thirty years, and nobody's clock stands at 1970.
    if number < 1_000_000_000 { return .seconds(number) }
    let moment = Timestamp(milliseconds: number < 1_000_000_000_000 ? number * 1000 : number)
    return max(.zero, moment - now)
  }
}

/// The number that a header begins with: `0`, `12.5` (rounded up), `60, 3600;w=60`.
private struct WholeNumber {
  let value: Int64

  init?(_ text: String) {
    let first = text.prefix { $0 != "," && $0 != ";" }
    let parts = first.filter { $0 != " " }.split(
      separator: ".",
      maxSplits: 1,
      omittingEmptySubsequences: false
    )
    let isNumber = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard isNumber, let whole = parts.first, whole.utf8.count <= 15, let number = Int64(whole)
    else { return nil }
    let hasMore = parts.count > 1 && parts[1].contains { $0 != "0" }
    value = hasMore ? number + 1 : number
  }
}
