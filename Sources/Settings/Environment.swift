internal import Glibc

/// The variables of a process, as a value.
package struct Environment: Sendable {
  /// The variables that are ours.
  package enum Key: String, Sendable, CaseIterable {
    case url = "COMMAND_CENTER_URL"
    case token = "COMMAND_CENTER_TOKEN"
    case tenant = "COMMAND_CENTER_TENANT"
    case project = "COMMAND_CENTER_PROJECT"
    case profile = "COMMAND_CENTER_PROFILE"
    case themes = "COMMAND_CENTER_THEMES"
    case examples = "COMMAND_CENTER_EXAMPLES"
    case runtime = "COMMAND_CENTER_RUNTIME"
  }

  private let value: @Sendable (String) -> String?

  /// An environment of these variables.
  package init(_ values: [String: String]) {
    value = { values[$0] }
  }

  /// An environment of these variables of ours.
  package init(_ values: [Key: String]) {
    value = { name in Key(rawValue: name).flatMap { values[$0] } }
  }

  private init(value: @escaping @Sendable (String) -> String?) { self.value = value }

  /// The variables that this process was started with.
  package static let process = Environment { name in
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// The names of the variables that this process was started with.
  package static var names: [String] {
    let bytes = (try? TextFile.bytes("/proc/self/environ", bound: 4 << 20)) ?? []
    return bytes.split(separator: 0).map { entry in
      String(decoding: entry.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
    }
  }

  /// The same variables, of which some are from now on known here only.
  ///
  /// They are unset, so that no child gets them, and overwritten where the system shows what a
  /// process was started with (`/proc`, `ps e`).
  package func concealing(_ names: [String]) -> Environment {
    let kept = names.reduce(into: [:]) { $0[$1] = self[$1] }
    for name in names {
      if let text = unsafe getenv(name) { unsafe memset(text, 0, strlen(text)) }
      unsafe unsetenv(name)
    }
    return Environment { [value] name in kept[name] ?? value(name) }
  }

  /// A variable; nil when it is not set, or empty.
  package subscript(name: String) -> String? {
    value(name).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A variable of ours; nil when it is not set, or empty.
  package subscript(key: Key) -> String? { self[key.rawValue] }
}
