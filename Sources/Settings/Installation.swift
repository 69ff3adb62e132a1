/// Where the files that come with the program are found.
package struct Installation: Sendable, Equatable {
  /// The folder of the executable.
  package var folder: String

  /// An installation by the path of the running executable.
  package init(executable: String) {
    folder = executable.lastIndex(of: "/").map { String(executable[..<$0]) } ?? "."
  }

  /// The folders in which themes are looked for, the first first.
  package func themeFolders(environment: Environment, paths: Paths) -> [String] {
    [environment[.themes]].compactMap { $0 } + ["\(paths.config)/themes"] + shipped("themes")
  }

  /// Where a folder of files that come with the program may be: beside the executable, installed,
  /// or in the checkout that the executable was built in.
  private func shipped(_ name: String) -> [String] {
    var folders = ["\(folder)/\(name)", "\(folder)/../share/command-center/\(name)"]
    if let range = folder.ranges(of: "/.build/").first {
      folders.append("\(folder[..<range.lowerBound])/\(name)")
    }
    return folders
  }

  /// The runtime's executable: what the environment names, else the one beside this.
  package func runtime(environment: Environment) -> String {
    environment[.runtime] ?? "\(folder)/command-center-runtime"
  }
}
