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
  /// The failures that are done until something new happens to them.
  package var hidden = Hidden()
  /// Whether they are shown all the same.
  package var showsHidden = false
  /// The filters whose rows are counted: those of the tabs.
  var counted: [Filter] = []
  /// What the open tab lets through.
  var base = Filter.none
  /// What the operator typed to narrow the list.
  package var filterText = ""
  package var filter = Filter.none
  /// How the other tabs were left.
  var left: [MainTab: LeftTab] = [:]
  /// What was hidden last, to be taken back, and when.
  var lastHidden: [RunID] = []
  var lastHiddenAt: Timestamp?
  /// The rows that are marked.
  package var marks = Marks()
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

  /// What the tab and the operator let through.
  var wholeFilter: Filter { base.and(filter) }

  /// How the operator wants it laid out.
  package var arrangement: Arrangement {
    Arrangement(
      order: order,
      hidden: hidden,
      showsHidden: showsHidden,
      counted: counted,
      isSearched: wholeFilter.searches
    )
  }

  /// The rows that pass the filter.
  mutating func listed() -> [Row] {
    let filter = wholeFilter
    if filter.searches { inbox.prepareSearch() }
    return inbox.shown(filter)
  }

  /// Lays the same reading out as it is wanted now.
  mutating func rearrange() {
    if order == inbox.arrangement.order {
      inbox.arrange(arrangement)
    } else if let reading {
      inbox = Inbox(reading, arrangement, lookout: inbox.lookout, after: inbox)
    }
  }

  /// The row under the cursor.
  package var selection: Row? { listing.selection }
}
