import Glibc

/// The programs of this package, as they were built beside the running tests.
package enum BuiltProgram: String, Sendable {
  case front = "command-center"
  case runtime = "command-center-runtime"

  /// A program that is not where it should be.
  package struct Missing: Error, CustomStringConvertible {
    package var description: String
  }

  /// The path of the program.
  /// - Throws: ``Missing``, saying where it was looked for and what makes it.
  package func path() throws -> String {
    let tests = try Self.tests()
    let folder = tests.split(separator: "/").dropLast().joined(separator: "/")
    let path = "/\(folder)/\(rawValue)"
    guard unsafe access(path, X_OK) == 0 else {
      throw Missing(
        description: "\(path) is not there; run “swift build --product \(rawValue)” and try again"
      )
    }
    return path
  }

  /// The program that runs the tests: the test bundle itself.
  private static func tests() throws -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { throw Missing(description: "/proc/self/exe cannot be read") }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
