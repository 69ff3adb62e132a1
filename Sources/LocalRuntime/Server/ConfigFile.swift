extension RuntimeConfig {
  /// Reads a configuration file.
  /// - Throws: ``RuntimeMistake`` when it is not there, cannot be read, or is wrong.
  package static func read(path: String) throws(RuntimeMistake) -> RuntimeConfig {
    guard let text = try PrivateFile.read(path) else {
      throw RuntimeMistake("\(path): there is no such file")
    }
    do throws(ConfigMistake) {
      return try read(text: text, file: path)
    } catch {
      throw RuntimeMistake(error.sentence)
    }
  }
}
