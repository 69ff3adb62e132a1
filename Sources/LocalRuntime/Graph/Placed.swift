import JSON

/// A step that could be read, and where it stands.
struct Placed {
  let step: GraphStep
  /// `$.steps[3]`, or `$.steps[3].while_body_steps[0]`.
  let path: String
  /// The loop in whose body it is; nil at the top.
  var parent: GraphStep?

  /// The steps in the body of a loop.
  var inner: [Placed] {
    guard let body = step.loop?.body, !body.isEmpty else { return [] }
    let field = GraphStep.bodyFields.first { step.raw[$0].map { !$0.isNull } ?? false } ?? ""
    let list = step.raw[field]?.array
    let places = Dictionary(
      (list ?? []).enumerated().compactMap { index, item in
        item["id"]?.string.map { ($0, index) }
      }
    ) { first, _ in first }
    return body.map { inner in
      let index = list == nil ? "" : "[\(places[inner.id] ?? 0)]"
      return Placed(step: inner, path: "\(path).\(field)\(index)", parent: step)
    }
  }
}
