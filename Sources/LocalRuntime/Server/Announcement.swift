import JSON

/// What the program says on standard output once it listens.
package struct Announcement: Sendable, Equatable {
  /// The words, or a line for a program.
  package enum Form: String, Sendable, CaseIterable {
    case text
    case json
  }

  private let url: String
  private let place: ListenPlace
  private let tokenFile: String
  private let curlHeaderFile: String
  private let folder: String

  /// What there is to say of a runtime.
  package init(_ runtime: Runtime, folder: String) {
    url = runtime.url
    place = runtime.place
    tokenFile = runtime.tokenFile
    curlHeaderFile = runtime.curlHeaderFile
    self.folder = folder
  }

  /// The text, with the end of its last line.
  ///
  /// No token stands in it, only the files that hold it.
  package func text(_ form: Form) -> String {
    switch form {
    case .json:
      var value: JSONObject = [
        "url": .string(url), "token_file": .string(tokenFile),
        "curl_header_file": .string(curlHeaderFile), "data": .string(folder),
      ]
      if case .socket(let path) = place { value["socket"] = .string(path) }
      return JSONWriter.text(.object(value)) + "\n"
    case .text:
      return """
        Listening on \(said)
        Data in \(folder), token in \(tokenFile)
        Try: curl \(option)-H @\(curlHeaderFile) \(url)/v1/runs

        """
    }
  }

  private var said: String {
    if case .socket(let path) = place { return path }
    return url
  }

  private var option: String {
    if case .socket(let path) = place { return "--unix-socket \(path) " }
    return ""
  }

  /// Writes it where it can be read at once; false when nobody can.
  package func write(_ form: Form, to descriptor: Int32) -> Bool {
    Descriptor.write(Array(text(form).utf8), to: descriptor)
  }
}
