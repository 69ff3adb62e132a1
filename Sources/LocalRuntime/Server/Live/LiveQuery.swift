/// What a live stream is asked for.
struct LiveQuery: Sendable, Equatable {
  var workflow: String
  /// Only this run; nil follows all runs of the workflow from now on.
  var run: String?
  /// Of that run, only what comes behind this event.
  var after = 0
}
