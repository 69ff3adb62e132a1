import Glibc
import TestHouse

/// Runs that a server answers with.
enum Feed {
  /// A feed of running runs, each begun some days ago, with so many of nine steps done; ids, names and
  /// ages do not change.
  static func running(_ count: Int, done: (Int) -> Int = { _ in 3 }) -> FaultServer.Answer {
    let now = time(nil)
    let runs = (0..<count).map { number in
      let begun = iso(now - 86_400 * (2 + number / 20) - 3600)
      return #"""
        {"run_id":"\#(1000 + number)aaaa-7425-40de-944b-e07fc1f90ae7","workflow_id":"w\#(number)",\#
        "workflow_name":"flow-\#(number)","status":"running","started_at":"\#(begun)",\#
        "steps":{"total":9,"completed":\#(done(number)),"running":1}}
        """#
    }
    return .json(#"{"runs":[\#(runs.joined(separator: ","))]}"#)
  }

  private static func iso(_ moment: Int) -> String {
    var moment = moment
    var parts = unsafe tm()
    unsafe gmtime_r(&moment, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let count = unsafe strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
