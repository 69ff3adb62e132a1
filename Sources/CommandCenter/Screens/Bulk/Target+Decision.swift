internal import JSON
internal import Runs

extension Target {
  /// The decision to do this to what is named here, bound to what was seen; nil where the server did
  /// not say which workflow it belongs to.
  func decision(
    _ verb: Verb,
    id: DecisionID,
    fields: JSONObject = [:],
    at moment: Timestamp
  ) -> Decision? {
    guard let reference else { return nil }
    let answered = verb == .approve || verb == .reject ? task : nil
    let subject: Subject =
      answered.map { .task(TaskReference(run: reference, task: $0.id)) } ?? .run(reference)
    let seen =
      answered == nil ? Seen(status: self.seen.status, lastEvent: self.seen.lastEvent) : self.seen
    return Decision(
      id: id,
      verb: verb,
      subject: subject,
      title: title,
      seen: seen,
      fields: fields,
      madeAt: moment,
      insists: insists
    )
  }
}
