/// A profile as somebody typed it, before it is written into the config.
package struct ProfileDraft: Sendable, Equatable {
  package var name: String
  /// `https://host`.
  package var url: String
  package var tenant: String
  package var project: String
  /// Goes into a file of mode 0600; empty where the server wants none.
  package var token: Secret

  /// A draft.
  package init(name: String, url: String, tenant: String, project: String, token: Secret) {
    self.name = name
    self.url = url
    self.tenant = tenant
    self.project = project
    self.token = token
  }
}
