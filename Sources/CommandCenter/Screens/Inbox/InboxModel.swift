package import Runs
package import Triage

/// What the inbox shows, beneath whatever lies on it.
package struct InboxModel: Sendable, Equatable {
  /// The newest reading, folded; nil until there is one.
  package var inbox: Inbox
  /// The reading itself: another order or filter needs no poll.
  package var reading: Reading?
  package var listing = Listing()
  package var order = Order.age
  /// What the operator typed to narrow the list.
  package var filterText = ""
  package var filter = Filter.none
  /// The first line of the list that is on the screen.
  package var scroll = 0
  /// When the operator last moved; what is under a moving hand keeps its place.
  package var lastMove: Timestamp?
  /// The row that the cursor was left on when the profile was, until it is found or the cursor moves.
  var wanted: RowID?

  /// An inbox before its first reading.
  init(at now: Timestamp) {
    inbox = Inbox(at: now)
  }

  /// When a cursor that moved has rested long enough for its row to be read.
  var restsAt: Timestamp?

  /// How long the cursor rests before its row is read: a held key passes rows that nobody wants to
  /// know about.
  static let rest = Duration.milliseconds(150)

  /// The same over a slow line, where the preview is not drawn either until then.
  static let longRest = Duration.seconds(1)

  /// The row that the preview still shows while the cursor moves over a slow line; nil is the one
  /// under the cursor.
  var previewed: RowID?

  /// The row that the preview shows.
  var previewedRow: Row? {
    previewed.flatMap { id in listing.rows.first { $0.id == id } } ?? selection
  }

  /// How long after a move the order is held.
  static let hold = Duration.seconds(2)

  /// Until when the order is held because the operator moved.
  var holdsUntil: Timestamp? { lastMove.map { $0 + InboxModel.hold } }

  /// The rows that pass the filter.
  var shown: [Row] { inbox.shown(filter) }

  /// The row under the cursor.
  package var selection: Row? { listing.selection }
}

/// The filter while it is typed.
///
/// What stood before comes back on Esc.
package struct FilterPrompt: Sendable, Equatable {
  package var text: String
  package var mistake: Filter.Mistake?
}
