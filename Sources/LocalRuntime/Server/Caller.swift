import JSON

/// Who asks: what a token says of whoever has it.
struct Caller: Sendable, Equatable {
  /// The token's identity: of one that was made by the API its id, of one in the token file its name.
  var id: String
  /// What is written into `status_by`, `completed_by` and the like.
  var name: String
  var scopes: Set<Scope> = Set(Scope.allCases)
  var role = Role.admin

  /// What a token may be used for.
  enum Scope: String, Sendable, CaseIterable {
    /// Read workflows, runs, events.
    case read = "workflow:read"
    /// Start and control runs, answer tasks, change what they are made of.
    case run = "workflow:run"
    /// Let a run that it starts call tools.
    case execute = "mcp:execute"
  }

  /// What whoever has the token is in the project.
  enum Role: String, Sendable, CaseIterable, Comparable {
    case viewer = "project_viewer"
    case contributor = "project_contributor"
    case admin = "project_admin"

    static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .viewer: 0
      case .contributor: 1
      case .admin: 2
      }
    }
  }

  /// - Throws: ``Rejection``, 403, when this caller may not do what needs these.
  func check(_ access: Access) throws(Rejection) {
    guard scopes.contains(access.scope) else {
      throw .forbidden(
        "the token of \(name) lacks the scope \(access.scope.rawValue); use one that has it",
        details: ["scope": .string(access.scope.rawValue)]
      )
    }
    guard role >= access.role else {
      throw .forbidden(
        "\(name) is \(role.rawValue), and this needs \(access.role.rawValue)",
        details: ["role": .string(access.role.rawValue)]
      )
    }
  }
}

/// What a request needs of whoever makes it.
struct Access: Sendable, Equatable {
  var scope: Caller.Scope
  var role: Caller.Role

  static let reading = Access(scope: .read, role: .viewer)
  /// Reads that the product keeps from viewers.
  static let inspecting = Access(scope: .read, role: .contributor)
  static let acting = Access(scope: .run, role: .contributor)
}

extension Route {
  /// What a method of this route needs.
  func access(_ method: String) -> Access {
    switch (self, method) {
    case (.pendingTasks(_?), _), (.tokens, "GET"), (.validation, _), (.webhooks, "GET"),
      (.webhook, "GET"), (.billingUsage, _), (.actionPricing, _):
      .inspecting
    case (_, "GET"): .reading
    default: .acting
    }
  }
}
