internal import JSON

/// A profile of the config, as `profiles` lists it; no secret is in it.
package struct ProfileSummary: Sendable, Equatable {
  package var name: String
  package var url: String
  package var tenant: String?
  package var project: String?
  /// Where the token comes from: `file ~/prod.token`, `variable NAME`, `command pass`.
  package var token: String?
  package var isDefault: Bool
  package var isProtected: Bool
  package var isReadOnly: Bool

  /// A profile.
  package init(
    name: String,
    url: String,
    tenant: String?,
    project: String?,
    token: String?,
    isDefault: Bool,
    isProtected: Bool,
    isReadOnly: Bool
  ) {
    self.name = name
    self.url = url
    self.tenant = tenant
    self.project = project
    self.token = token
    self.isDefault = isDefault
    self.isProtected = isProtected
    self.isReadOnly = isReadOnly
  }
}

/// Writes the profiles.
enum ProfileOutput {
  static func text(_ profiles: [ProfileSummary], _ context: ShellContext) -> String {
    if profiles.isEmpty, context.form == .table {
      return "no profiles; add one with: profiles add NAME --url URL\n"
    }
    return Sheet.text(profiles, context, fields: fields, json: json, table: table)
  }

  private static var fields: [Field<ProfileSummary>] {
    [
      Field("name") { $0.name }, Field("url") { $0.url }, Field("tenant") { $0.tenant },
      Field("project") { $0.project }, Field("token") { $0.token },
      Field("default") { "\($0.isDefault)" }, Field("protected") { "\($0.isProtected)" },
      Field("read_only") { "\($0.isReadOnly)" },
    ]
  }

  private static func table(_ profiles: [ProfileSummary]) -> Table {
    var table = Table(
      columns: [
        .init(title: ""), .init(title: "PROFILE"), .init(title: "URL", gives: true),
        .init(title: "TENANT/PROJECT", gives: true), .init(title: "TOKEN", gives: true),
        .init(title: "RULES"),
      ]
    )
    for profile in profiles {
      let scope = [profile.tenant, profile.project].compactMap { $0 }.joined(separator: "/")
      let rules = [
        profile.isProtected ? "protected" : nil, profile.isReadOnly ? "read-only" : nil,
      ]
      table.rows.append([
        profile.isDefault ? "*" : "", profile.name, profile.url, scope, profile.token ?? "none",
        rules.compactMap { $0 }.joined(separator: ", "),
      ])
    }
    return table
  }

  private static func json(_ profile: ProfileSummary) -> JSONValue {
    var object: JSONObject = ["name": .string(profile.name), "url": .string(profile.url)]
    object["tenant"] = profile.tenant.map { .string($0) }
    object["project"] = profile.project.map { .string($0) }
    object["token"] = profile.token.map { .string($0) }
    object["default"] = .bool(profile.isDefault)
    object["protected"] = .bool(profile.isProtected)
    object["read_only"] = .bool(profile.isReadOnly)
    return .object(object)
  }
}
