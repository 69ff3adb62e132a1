import JSON

extension JSONValue {
  /// How many levels the value has within it; none of a text, a number, or an empty list.
  var levels: Int { TemplateResolver.measure(self).levels }
}

extension RunMachine.Rules {
  /// Why a value is not kept, for a sentence that begins with its name; nil when it is.
  func excess(of value: JSONValue, upTo maximum: Int) -> String? {
    guard value.levels <= Self.maximumLevels else {
      return "nests values deeper than \(Self.maximumLevels) levels; make it flatter"
    }
    let size = JSONWriter.text(value).utf8.count
    return size > maximum ? "is \(size) bytes long; at most \(maximum) are kept" : nil
  }
}

extension Rejection {
  /// Refuses a value that could not be read again once it stands inside of others.
  static func checkDepth(_ value: JSONValue, _ name: String) throws(Rejection) {
    guard value.levels > RunMachine.Rules.maximumLevels else { return }
    throw .invalid(
      "\(name) nests values deeper than \(RunMachine.Rules.maximumLevels) levels; make it flatter"
    )
  }
}
