/// How an inbox is laid out, as far as the operator chose it.
package struct Arrangement: Sendable, Equatable {
  package var order: Order
  /// The failures that are done until something new happens to them.
  package var hidden: Hidden
  /// Whether they are shown all the same.
  package var showsHidden: Bool
  /// Filters of which it is told how many rows pass them.
  package var counted: [Filter]
  /// Whether rows will be searched, so that it is worth making ready for it off the keys.
  package var isSearched: Bool

  /// An arrangement.
  package init(
    order: Order = .age,
    hidden: Hidden = Hidden(),
    showsHidden: Bool = false,
    counted: [Filter] = [],
    isSearched: Bool = false
  ) {
    self.order = order
    self.hidden = hidden
    self.showsHidden = showsHidden
    self.counted = counted
    self.isSearched = isSearched
  }
}
