internal import JSON

/// One line of the report: a figure of ours beside what it is compared with.
struct Figure {
  /// Which figure; names are kept, so that reports can be compared.
  let name: String
  let unit: String
  /// Ours, from each run.
  let ours: Spread
  /// The other one's, from each run.
  let other: Spread?
  /// Who the other one is.
  var against = "C"
  /// The bound to stay within, in words; empty where there is none.
  var reach = ""

  /// A row of samples taken in alternation.
  /// - Throws: ``Mistake`` when there is not a single sample.
  init(
    _ name: String,
    unit: String,
    _ samples: Pair<[Double]>,
    against: String = "C",
    reach: String = ""
  ) throws(Mistake) {
    guard let ours = Spread(samples.front) else { throw Mistake("\(name): nothing was measured.") }
    self.name = name
    self.unit = unit
    self.ours = ours
    other = Spread(samples.reference)
    self.against = against
    self.reach = reach
  }

  /// Our median by the other's; nil where that is none or nothing.
  var ratio: Double? {
    guard let median = other?.median, median > 0 else { return nil }
    return ours.median / median
  }

  /// The row as a machine reads it.
  var json: JSONValue {
    var object: JSONObject = ["name": .string(name), "unit": .string(unit)]
    object["ours"] = Figure.json(ours)
    object["other"] = other.map(Figure.json)
    object["against"] = .string(against)
    object["ratio"] = ratio.map { Figure.number($0, digits: 4) }
    object["reach"] = reach.isEmpty ? nil : .string(reach)
    return .object(object)
  }

  private static func json(_ spread: Spread) -> JSONValue {
    [
      "min": number(spread.min, digits: 4), "median": number(spread.median, digits: 4),
      "max": number(spread.max, digits: 4),
      "samples": .array(spread.samples.map { number($0, digits: 4) }),
    ]
  }

  private static func number(_ value: Double, digits: Int) -> JSONValue {
    JSONNumber(Decimal.text(value, digits: digits)).map { .number($0) } ?? .null
  }
}

/// Figures of the two programs, or whatever there is two of.
struct Pair<Value> {
  var front: Value
  var reference: Value
}

/// Numbers with a point.
enum Decimal {
  /// A number with so many digits behind the point.
  static func text(_ value: Double, digits: Int) -> String {
    let scale = (0..<digits).reduce(Int64(1)) { scale, _ in scale * 10 }
    let scaled = Int64((value * Double(scale)).rounded())
    guard digits > 0 else { return String(scaled) }
    let fraction = String(scaled.magnitude % UInt64(scale))
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(scaled < 0 ? "-" : "")\(scaled.magnitude / UInt64(scale)).\(zeros)\(fraction)"
  }

  /// A number for people: three figures that matter, whole from a hundred on.
  static func short(_ value: Double) -> String {
    text(value, digits: abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : value == 0 ? 0 : 2)
  }
}
