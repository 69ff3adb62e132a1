/// What is known of the tools of one server.
struct MCPToolList: Sendable {
  /// Counts how often the list was forgotten: what was asked for before must not be kept after.
  private(set) var generation = 0

  /// How long a list is believed; nil as long as nobody says that it has changed.
  private let lifetime: Duration?
  private var listed: (names: [String], at: ContinuousClock.Instant)?

  /// A list that nobody has asked for yet.
  init(lifetime: Duration? = nil) {
    self.lifetime = lifetime
  }

  /// The names of the tools; nil when they must be asked for.
  func names(at now: ContinuousClock.Instant) -> [String]? {
    guard let listed else { return nil }
    guard let lifetime else { return listed.names }
    return now - listed.at < lifetime ? listed.names : nil
  }

  /// The tools may have changed.
  mutating func forget() {
    listed = nil
    generation += 1
  }

  /// Keeps what was answered, unless the tools may have changed since it was asked for.
  /// - Parameters:
  ///   - names: The names.
  ///   - generation: The generation when they were asked for.
  ///   - now: The time.
  mutating func keep(_ names: [String], of generation: Int, at now: ContinuousClock.Instant) {
    guard generation == self.generation else { return }
    listed = (names, now)
  }
}
