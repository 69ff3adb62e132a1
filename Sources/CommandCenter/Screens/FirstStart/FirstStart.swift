/// The first screen of somebody who has no profile yet.
package struct FirstStart: Sendable, Equatable {
  /// The config file, as the operator would type it.
  package var configPath: String
  /// Whether the lines for a profile are shown.
  package var showsConnect: Bool

  /// The first screen.
  package init(configPath: String, showsConnect: Bool = false) {
    self.configPath = configPath
    self.showsConnect = showsConnect
  }
}

extension Model {
  /// A key on the first screen.
  mutating func firstStartCommand(_ command: Command, _ screen: FirstStart) -> [Effect] {
    var screen = screen
    switch command {
    case .tryDemo: return [.quit(.demo)]
    case .local: return [.quit(.local)]
    case .connect: screen.showsConnect = true
    case .close: screen.showsConnect = false
    case .back:
      guard screen.showsConnect else { return [.quit(.done)] }
      screen.showsConnect = false
    default: return []
    }
    layers[layers.count - 1] = .firstStart(screen)
    return []
  }
}
