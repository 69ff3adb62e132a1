/// The first screen of somebody who has no profile yet.
package struct FirstStart: Sendable, Equatable {
  /// The config file, as the operator would type it.
  package var configPath: String
  /// The form for a profile, while it is filled in.
  package var form: ConnectForm?

  /// The first screen.
  package init(configPath: String, form: ConnectForm? = nil) {
    self.configPath = configPath
    self.form = form
  }
}

extension Model {
  /// A key on the first screen.
  mutating func firstStartCommand(_ command: Command, _ screen: FirstStart) -> [Effect] {
    switch command {
    case .tryDemo: return [.quit(.demo)]
    case .local: return [.quit(.local)]
    case .connect:
      layers[layers.count - 1] = .firstStart(
        FirstStart(configPath: screen.configPath, form: ConnectForm())
      )
      return []
    case .back: return [.quit(.done)]
    default: return []
    }
  }
}
