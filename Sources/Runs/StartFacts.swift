package import JSON

/// A version of a workflow that was published; runs execute these.
package struct Publication: Sendable, Equatable {
  package var version: Int
  package var publishedAt: Timestamp?
  /// The graph as it was published; nil where the server does not send it.
  package var graph: Graph?

  /// A published version.
  package init(version: Int, publishedAt: Timestamp? = nil, graph: Graph? = nil) {
    self.version = version
    self.publishedAt = publishedAt
    self.graph = graph
  }
}

/// What there is to know of a workflow before a run of it is started.
package struct StartFacts: Sendable, Equatable {
  /// The newest published version; nil for a draft, or where the server does not say.
  package var version: Int?
  /// When that one was published.
  package var publishedAt: Timestamp?
  /// What a run's input looks like, where the graph says.
  package var schema: JSONValue?
  /// The run whose input is ``input``: the one that was asked about, else the newest.
  package var run: Run?
  /// The input of that run; nil where it could not be read.
  package var input: JSONObject?

  /// Nothing known.
  package init() {}
}
