internal import Runs

/// How the token of a profile is had, and how that stands.
package struct Access: Sendable, Equatable {
  /// Where a token comes from.
  package enum Origin: Sendable, Equatable {
    /// The server wants none, as far as the profile says.
    case none
    /// A variable of the environment, by its name.
    case variable(String)
    /// A file that only its owner can read, by its path.
    case file(String)
    /// What a program prints, by the program's name.
    case command(String)
  }

  /// How it stands with the token.
  package enum State: Sendable, Equatable {
    /// It is there, or none is needed.
    case ready
    /// It is being fetched; nothing is asked of the server before it is there.
    case fetching
    /// It could not be had; the sentence says why.
    case missing(String)
  }

  package var origin: Origin
  package var state: State
  /// Whether a refused token was fetched anew already since the server last took one: a program that
  /// prints the same token again is not run with every poll.
  var isSpent = false

  /// Access by a token of an origin.
  package init(_ origin: Origin = .none, state: State = .ready) {
    self.origin = origin
    self.state = state
  }

  /// Whether fetching it again can bring another token.
  var canRenew: Bool {
    switch origin {
    case .file, .command: true
    case .none, .variable: false
    }
  }

  /// Why there is no token; nil where there is one, or may be one soon.
  var missing: String? { if case .missing(let sentence) = state { sentence } else { nil } }
}

/// What becomes of the token.
package enum AccessMessage: Sendable, Equatable {
  /// It was fetched, and polls go on with it.
  case fetched
  /// It could not be fetched.
  case failed(String)
  /// One that was typed is in use; it was kept in a file, by its path, or for this session only.
  case taken(keptIn: String?)
  /// One that was typed is refused, and kept nowhere.
  case refused
  /// One that was typed could not be kept; it is in use for this session.
  case unkept(String)
}

extension Model {
  /// What the truth line says before the first answer.
  var waitingWord: String { access.state == .fetching ? "waiting for the token" : "connecting" }

  /// Whether the server may be asked for anything: not before there is a token for it.
  var mayAsk: Bool {
    switch access.state {
    case .ready: true
    case .fetching: false
    // One that was typed may have been taken already, while it is not kept yet.
    case .missing: link.lastGood != nil && !link.isFromDisk && link.fault == nil
    }
  }

  /// Whether nothing goes on before there is another token.
  var wantsToken: Bool {
    access.missing != nil || (link.fault?.kind == .unauthenticated && access.state == .ready)
  }

  /// What becomes of the token.
  mutating func handle(_ message: AccessMessage) -> [Effect] {
    switch message {
    case .fetched:
      access.state = .ready
    case .failed(let sentence):
      access.state = .missing(sentence)
    case .taken(let file):
      access.state = .ready
      // Named as the question named it.
      let named = if case .file(let shown) = access.origin { shown } else { file ?? "" }
      say(
        file == nil ? "the token is in use for this session" : "the token is kept in \(named)",
        .good
      )
    case .refused:
      say("the server refuses the token that was typed; it is not kept", .bad)
    case .unkept(let sentence):
      access.state = .ready
      say("the token is in use for this session only: \(sentence)", .bad)
    }
    return []
  }

  /// Fetches a refused token anew, once, where that can bring another one.
  mutating func renewRefused() -> [Effect] {
    guard access.canRenew, !access.isSpent, access.state == .ready else { return [] }
    access.isSpent = true
    access.state = .fetching
    return [.renewToken]
  }

  /// Reads the inbox now; without a token, that is fetched first, and a poll follows it.
  mutating func refreshNow() -> [Effect] {
    access.isSpent = false
    switch access.state {
    case .fetching: return []
    case .missing where access.canRenew:
      access.state = .fetching
      return [.renewToken]
    case .missing, .ready: return [.refresh]
    }
  }

  /// Reads the inbox after the program was away: what is on the screen may be hours old.
  func resume() -> [Effect] {
    if case .firstStart = screenLayer { return [] }
    return mayAsk ? [.refresh] : []
  }
}
