import Foundation
import Glibc
import Runs

extension RuntimeClock {
  /// The system's clock, and random names.
  package static let system = RuntimeClock(
    now: { Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded())) },
    sleep: { try await Task.sleep(for: $0) },
    newID: { UUID().uuidString.lowercased() }
  )
}

/// The program that is running.
package enum Program {
  /// Its path; nil when the system does not tell.
  package static var path: String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }

  /// Its environment.
  package static var environment: [String: String] { ProcessInfo.processInfo.environment }
}

/// Folders that are made and taken away.
package enum Folder {
  /// Makes an empty folder that only its owner may see, beneath the folder for such things.
  /// - Throws: ``RuntimeMistake`` when it cannot be made.
  package static func temporary(environment: [String: String]) throws(RuntimeMistake) -> String {
    let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(parent)/command-center-demo-XXXXXX".utf8CString)
    let isMade = unsafe template.withUnsafeMutableBufferPointer { room in
      unsafe room.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
    }
    guard isMade else {
      throw RuntimeMistake("cannot make a folder in \(parent): \(FolderLock.reason(errno))")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Takes a folder away, with all that is in it.
  package static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}

/// The writing end that the front holds of this program's standard input.
package enum Lifeline {
  /// Waits until nobody holds it any more, however that came about.
  package static func lost(_ descriptor: Int32) async {
    for await _ in DescriptorReader.chunks(of: descriptor) {}
  }
}
