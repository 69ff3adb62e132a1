package import JSON

/// What can be run.
package struct Workflow: Sendable, Equatable {
  package var id: WorkflowID
  package var name: String
  package var summary: String?
  /// `draft`, `published`, or another word.
  package var status: String?
  /// The newest published version; nil for a draft.
  package var version: Int?
  /// When that version was published, where the server says.
  package var publishedAt: Timestamp?
  /// The steps and what they wait for, where the server sends them.
  package var graph: Graph?

  /// A workflow of a name.
  package init(id: WorkflowID, name: String) {
    self.id = id
    self.name = name
  }
}

/// The steps of a workflow and what each waits for.
package struct Graph: Sendable, Equatable {
  /// One step, as the operator sees it.
  package struct Step: Sendable, Equatable {
    package var id: StepID
    /// The name for people; ids are often UUIDs.
    package var name: String?
    package var type: String
    package var dependsOn: [StepID]
    /// A template; the step is skipped when it comes out false.
    package var condition: String?
    /// A template; the step is skipped when it comes out true.
    package var skipWhen: String?
    /// The whole step as the server sent it.
    package var source: JSONObject

    /// A step.
    package init(
      id: StepID,
      type: String,
      name: String? = nil,
      dependsOn: [StepID] = [],
      condition: String? = nil,
      skipWhen: String? = nil,
      source: JSONObject = [:]
    ) {
      self.id = id
      self.type = type
      self.name = name
      self.dependsOn = dependsOn
      self.condition = condition
      self.skipWhen = skipWhen
      self.source = source
    }

    /// The name, else the id.
    package var title: String { name ?? id.text }
    /// Whether its author switched it off: it is skipped, and what follows it runs as if it were not
    /// there.
    package var isOff: Bool { source["enabled"]?.bool == false }
  }

  /// The steps in the order of the graph.
  package var steps: [Step]
  /// What a run's input looks like, where the graph says.
  package var inputSchema: JSONValue?

  /// A graph of steps.
  package init(steps: [Step], inputSchema: JSONValue? = nil) {
    self.steps = steps
    self.inputSchema = inputSchema
  }

  /// The step of an id.
  package subscript(id: StepID) -> Step? { steps.first { $0.id == id } }

  /// The name for people of a step's id.
  ///
  /// A step inside a loop (`parent#body#inner`) is named by its last part.
  package func title(of id: StepID) -> String {
    if let step = self[id] { return step.title }
    return id.text.split(separator: "#").last.map(String.init) ?? id.text
  }

  /// The steps that wait for a step, directly.
  package func dependents(of id: StepID) -> [Step] {
    steps.filter { $0.dependsOn.contains(id) }
  }
}
