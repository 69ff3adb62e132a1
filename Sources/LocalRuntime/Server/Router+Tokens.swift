import JSON
import Runs

extension Router {
  private static let mostTokens = 1000
  /// What the runtime itself is called where it says who did something.
  private static let ownNames: Set<String> = ["runtime", "cron", "webhook"]

  /// The tokens: those of the token file, then those made here; never what they are made of.
  func tokenList() async throws(Rejection) -> Answer {
    let made = try await madeTokens()
    let file = tokens.inFile.map { known -> JSONValue in
      [
        "id": .string(known.caller.id), "display_name": .string(known.caller.name),
        "scopes": .array(Caller.Scope.allCases.map { .string($0.rawValue) }),
        "role": .string(known.caller.role.rawValue), "source": "token_file",
      ]
    }
    let all = file + made.map { .object($0.json) }
    return Answer(200, ["pats": .array(all), "total": .int(all.count), "next_cursor": .null])
  }

  private func madeTokens() async throws(Rejection) -> [StoredToken] {
    try await reading { () throws(StoreMistake) in try await store.madeTokens() }
  }

  /// Takes up the tokens that were made before.
  /// - Throws: ``StoreMistake`` when they cannot be read.
  func openTokens() async throws(StoreMistake) {
    tokens.setMade(try await store.madeTokens().map(\.known))
  }

  /// Makes a token; it may do no more than the one that it is made with.
  func makeToken(
    _ body: JSONObject,
    by caller: Caller,
    _ receipt: ReceiptMaker?
  ) async throws(Rejection) -> Answer {
    try await alone("tokens") { () throws(Rejection) in
      guard let maker = tokens.known(caller.id) else {
        throw .unauthorized("the token that this was asked with was revoked meanwhile")
      }
      let made = try await madeTokens()
      guard made.count < Self.mostTokens else {
        throw .taken("there are \(made.count) tokens; delete those that nobody uses")
      }
      let name = try Self.name(of: body)
      guard !(tokens.inFile.map(\.caller.name) + made.map(\.name)).contains(name) else {
        throw .taken(
          "a token is called “\(name)” already; names say who did something, so each has its own"
        )
      }
      let text = TokenFile.make(prefix: "pat_", random: random)
      let token = StoredToken(
        id: engine.clock.newID(),
        name: name,
        hash: Tokens.hash(text),
        scopes: try Self.scopes(of: body, atMost: caller),
        role: try Self.role(of: body, atMost: caller),
        createdAt: engine.clock.now(),
        createdBy: caller.name,
        expiresAt: try expiry(of: body, atMost: maker.expiresAt)
      )
      // A repetition hears the same but for the token, which is nowhere on the disk.
      let kept = Answer(201, .object(token.json))
      try await reading { () throws(StoreMistake) in
        try await store.save(token, answer: receipt?.record(kept))
      }
      try await reading { () throws(StoreMistake) in try await openTokens() }
      return Answer(201, .object(token.json.merging(["token": .string(text)])))
    }
  }

  /// Takes a token away; from then on nobody gets in with it.
  ///
  /// It is one's own, or may do no more than the one that this is asked with.
  func revoke(_ id: String, by caller: Caller) async throws(Rejection) -> Answer {
    try await alone("tokens") { () throws(Rejection) in
      guard let known = tokens.known(id) else { throw .missing("token", id) }
      guard !tokens.inFile.contains(known) else {
        throw .taken("“\(id)” stands in the token file; take it out there and start anew")
      }
      let other = known.caller
      guard
        other.id == caller.id
          || (caller.scopes.isSuperset(of: other.scopes) && caller.role >= other.role)
      else {
        throw .forbidden(
          "the token of \(other.name) may do more than yours; use one that may as much"
        )
      }
      try await reading { () throws(StoreMistake) in try await store.remove(token: id) }
      try await reading { () throws(StoreMistake) in try await openTokens() }
      return Answer(204, text: "")
    }
  }

  // MARK: Fields

  private static func name(of body: JSONObject) throws(Rejection) -> String {
    guard let name = (body["display_name"] ?? body["name"])?.string,
      (1...100).contains(name.utf8.count),
      name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }),
      name.contains(where: { !$0.isWhitespace })
    else { throw .invalid("“display_name” must be a text of 1 to 100 bytes on one line") }
    guard !ownNames.contains(name) else {
      throw .invalid("“\(name)” is what the runtime calls itself; choose another display_name")
    }
    return name
  }

  private static func scopes(
    of body: JSONObject,
    atMost caller: Caller
  ) throws(Rejection) -> [Caller.Scope] {
    let words = (body["scopes"]?.array ?? []).map(\.string)
    let known = words.compactMap { $0.flatMap(Caller.Scope.init(rawValue:)) }
    guard !words.isEmpty, known.count == words.count else {
      let all = Caller.Scope.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalid("“scopes” must be a list of at least one of \(all)")
    }
    let scopes = Caller.Scope.allCases.filter { known.contains($0) }
    guard caller.scopes.isSuperset(of: scopes) else {
      throw .forbidden("a token cannot have scopes that the one it is made with lacks")
    }
    return scopes
  }

  private static func role(
    of body: JSONObject,
    atMost caller: Caller
  ) throws(Rejection) -> Caller.Role {
    guard let value = body["role"], !value.isNull else { return min(.contributor, caller.role) }
    guard let role = value.string.flatMap(Caller.Role.init(rawValue:)) else {
      let all = Caller.Role.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalid("“role” must be one of \(all)")
    }
    guard role <= caller.role else {
      throw .forbidden(
        "a token cannot be more than the one it is made with: \(caller.role.rawValue)"
      )
    }
    return role
  }

  /// When a new token ends: never after the one that it is made with.
  private func expiry(
    of body: JSONObject,
    atMost latest: Timestamp?
  ) throws(Rejection) -> Timestamp? {
    guard let value = body["expires_at"], !value.isNull else { return latest }
    guard let moment = value.string.flatMap(Timestamp.init(iso8601:)),
      moment > engine.clock.now()
    else { throw .invalid("“expires_at” must be a time to come, like 2030-01-31T12:00:00Z") }
    if let latest, moment > latest {
      throw .forbidden("a token cannot outlive the one it is made with, until \(latest.iso8601)")
    }
    return moment
  }
}
