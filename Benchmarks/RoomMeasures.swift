internal import JSON
internal import Runs
internal import RuntimeAPI
internal import Triage

/// The pure rooms, measured in this process, beside work of the same size that cannot be spared.
struct RoomMeasures {
  let runs: Int

  private static let start = Timestamp(milliseconds: 1_780_000_000_000)

  func figures() throws(Mistake) -> [Figure] {
    do {
      let smaller = try Rows(count: 10_000, runs: runs)
      let larger = try Rows(count: 100_000, runs: runs)
      return try smaller.figures(["decode": "25 ms", "decode, fold and order": "60 ms"])
        + larger.figures(["filter by a word": "16 ms", "filter by a word of no row": "16 ms"])
        + [
          Figure(
            "100000 rows: move the cursor",
            unit: "µs",
            Pair(front: larger.moves, reference: smaller.moves),
            against: "10000 rows",
            reach: "1 x"
          )
        ]
    } catch let mistake as Mistake {
      throw mistake
    } catch {
      throw Mistake("A canned body cannot be read: \(error)")
    }
  }

  /// The samples of one size.
  private struct Rows {
    private let count: Int
    /// Milliseconds by name, in the order of the work.
    private var samples: [(name: String, against: String, times: Pair<[Double]>)] = []
    /// Microseconds of one move of the cursor.
    private(set) var moves: [Double] = []
    /// Keeps the compiler from leaving the comparisons out.
    private var checksum = 0

    init(count: Int, runs: Int) throws {
      self.count = count
      let body = CannedRuns(count: count, start: RoomMeasures.start).body()
      for _ in 0..<runs { try sample(body) }
      guard checksum != 0 else { throw Mistake("Nothing was compared with.") }
    }

    private mutating func sample(_ body: [UInt8]) throws {
      var page = Page<Run>(items: [])
      var inbox = Inbox(at: RoomMeasures.start)
      var rows: [Row] = []
      let filter = try Filter("invoice")
      let decoding = try MonotonicClock.time { page = try RunWire.page(body) }
      guard page.items.count == count else { throw Mistake("A run was lost in decoding.") }
      note("decode", decoding, "reading each byte", pass(over: body))

      let numbers = (0..<count).map { $0 &* 7919 % 65_537 }
      let sorting = { (rows: inout Self) in rows.sort(numbers) }
      let reading = Reading(runs: page.items, tasks: [], at: RoomMeasures.start)
      let folding = MonotonicClock.time { inbox = Inbox(reading, order: .age) }
      note("fold and order", folding, "sorting numbers", sorting(&self))
      note("decode, fold and order", decoding + folding, "reading each byte", pass(over: body))
      let preparing = MonotonicClock.time { inbox.prepareSearch() }
      note("make ready to search", preparing, "sorting numbers", sorting(&self))
      let filtering = MonotonicClock.time { rows = inbox.shown(filter) }
      checksum &+= rows.count
      note("filter by a word", filtering, "sorting numbers", sorting(&self))
      let none = try Filter("nowhere")
      let searching = MonotonicClock.time { rows = inbox.shown(none) }
      guard rows.isEmpty else { throw Mistake("A row was found that is not there.") }
      note("filter by a word of no row", searching, "sorting numbers", sorting(&self))

      // Every row, not only those within a section's limit.
      rows = Section.allCases.flatMap { inbox.rows[$0] ?? [] }
      var listing = Listing()
      listing.refresh(from: inbox, shown: rows, hold: false)
      listing.select(rows[count / 2].id)
      for (name, hold) in [("refresh", false), ("refresh in held places", true)] {
        let time = MonotonicClock.time {
          listing.refresh(from: inbox, shown: rows, hold: hold)
        }
        note(name, time, "sorting numbers", sorting(&self))
      }
      let whole = MonotonicClock.time {
        for index in 0..<1000 { listing.move(by: index.isMultiple(of: 3) ? -1 : 1) }
      }
      checksum &+= listing.index ?? 0
      moves.append(whole.asMilliseconds)
    }

    private mutating func note(_ name: String, _ ours: Int64, _ against: String, _ other: Int64) {
      let place = samples.firstIndex { $0.name == name } ?? samples.count
      if place == samples.count {
        samples.append((name, against, Pair(front: [], reference: [])))
      }
      samples[place].times.front.append(ours.asMilliseconds)
      samples[place].times.reference.append(other.asMilliseconds)
    }

    /// How long it takes to look at each byte once.
    private mutating func pass(over body: [UInt8]) -> Int64 {
      var hash: UInt64 = 14_695_981_039_346_656_037
      let time = MonotonicClock.time {
        for byte in body { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
      }
      checksum &+= Int(truncatingIfNeeded: hash)
      return time
    }

    /// How long it takes to sort as many numbers as there are runs.
    private mutating func sort(_ numbers: [Int]) -> Int64 {
      var sorted: [Int] = []
      let time = MonotonicClock.time { sorted = numbers.sorted() }
      checksum &+= sorted[count / 2]
      return time
    }

    func figures(_ reach: [String: String]) throws(Mistake) -> [Figure] {
      try samples.map { sample throws(Mistake) in
        try Figure(
          "\(count) runs: \(sample.name)",
          unit: "ms",
          sample.times,
          against: sample.against,
          reach: reach[sample.name] ?? ""
        )
      }
    }
  }
}
