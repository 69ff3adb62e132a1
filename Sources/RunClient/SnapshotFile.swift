internal import JSON
package import Runs
internal import RuntimeAPI
internal import Synchronization

/// The last reading of a server, kept on this machine for the next start and for when the server is
/// out of reach.
///
/// Three lines: what it is of and when, the runs, the tasks. Inputs of runs are left out; the file
/// is its owner's only.
package struct SnapshotFile: Sendable {
  /// Where it lies.
  package let path: String
  /// Whose reading it is: one of another address or tenant is not shown here.
  private let identity: [String?]

  /// The version of the form.
  private static let version = 1
  /// The longest file that is read, and the most that is written of runs and of tasks, in bytes.
  private static let readBound = 16 << 20
  private static let writeBound = 6 << 20
  /// How far two clocks can be apart that tell dates of four-digit years, in milliseconds.
  private static let skews = -400_000_000_000_000...400_000_000_000_000

  /// The snapshot of a server.
  /// - Parameters:
  ///   - path: An absolute path; the folder is made with mode 0700 when it does not exist.
  ///   - server: Whose it is.
  package init(path: String, server: Server) {
    self.path = path
    identity = [server.url, server.tenant, server.project]
  }

  // MARK: Reading

  /// Reads it.
  /// - Returns: The reading; nil when there is none of this server.
  /// - Throws: A fault `local` when there is one that cannot be read.
  package func load() throws(Fault) -> Reading? {
    guard let bytes = try contents() else { return nil }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    do throws(JSONMistake) {
      guard let first = lines.first else { throw SnapshotFile.cutShort }
      let head = try JSONValue(parsing: first)
      guard head["snapshot"]?.int == SnapshotFile.version else {
        throw JSONMistake(.unexpected, at: 0, wanted: "another version")
      }
      let owner = [head["url"], head["tenant"], head["project"]].map { $0?.string }
      guard owner == identity else { return nil }
      guard lines.count == 4, lines[3].isEmpty, let at = head["at"]?.string,
        let moment = Timestamp(iso8601: at)
      else { throw SnapshotFile.cutShort }
      let runs = try RunWire.page(lines[1])
      let tasks = lines[2] == Array("null".utf8) ? nil : try TaskWire.page(lines[2])
      let skew = head["clock_skew_ms"]?.int
      guard skew.map(SnapshotFile.skews.contains) ?? true else { throw SnapshotFile.cutShort }
      return Reading(
        runs: runs.items,
        tasks: tasks?.items,
        at: moment,
        isCut: head["is_cut"]?.bool ?? false,
        clockSkew: skew.map { .milliseconds($0) }
      )
    } catch {
      throw Fault(
        .local,
        "what was seen last cannot be read (cut short, or of another version); it is written anew "
          + "after the next answer: \(path)"
      )
    }
  }

  private static let cutShort = JSONMistake(.unexpected, at: 0, wanted: "four lines")

  private func contents() throws(Fault) -> [UInt8]? {
    do throws(StateFile.Failure) {
      return try StateFile(path: path).contents(bound: SnapshotFile.readBound)
    } catch {
      throw Fault(.local, "what was seen last cannot be read: \(error.reason): \(path)")
    }
  }

  // MARK: Writing

  /// Writes a reading in the place of what stands there, whole or not at all; blocks as long as the
  /// disk takes.
  /// - Throws: A fault `local` when it cannot be written.
  package func save(_ reading: Reading) throws(Fault) {
    try SnapshotFile.saving.withLock { (_) throws(Fault) in try replace(with: reading) }
  }

  /// Held while one is written: whoever leaves a profile may write beside the thread that keeps its
  /// readings from time to time, and both would write the same draft.
  private static let saving = Mutex(())

  private func replace(with reading: Reading) throws(Fault) {
    do throws(StateFile.Failure) {
      try StateFile(path: path).replace(with: text(reading), isSynced: false)
    } catch {
      throw Fault(.local, "what was seen last cannot be kept in \(path): \(error.reason)")
    }
  }

  private func text(_ reading: Reading) -> [UInt8] {
    var isCut = reading.isCut
    let runs = reading.runs.lazy.map { run in
      var run = run
      run.input = nil
      run.extra = [:]
      return RunWire.json(run)
    }
    let runLine = SnapshotFile.line(runs, under: "runs", isCut: &isCut)
    let taskLine =
      reading.tasks.map { tasks in
        SnapshotFile.line(tasks.lazy.map(TaskWire.json), under: "tasks", isCut: &isCut)
      } ?? Array("null".utf8)
    let names = ["url", "tenant", "project"]
    var head: JSONObject = ["snapshot": .int(SnapshotFile.version)]
    for (name, value) in zip(names, identity) { head[name] = value.map { .string($0) } }
    head["at"] = .string(reading.at.iso8601)
    head["is_cut"] = .bool(isCut)
    head["clock_skew_ms"] = reading.clockSkew.map { .int(Int($0.inMilliseconds)) }
    let lines = [JSONWriter.bytes(.object(head)), runLine, taskLine]
    return lines.flatMap { $0 + [0x0A] }
  }

  /// `{"runs":[…]}` with as many items as there is room for.
  private static func line(
    _ items: some Sequence<JSONValue>,
    under name: String,
    isCut: inout Bool
  ) -> [UInt8] {
    var line = Array("{\"\(name)\":[".utf8)
    var isFirst = true
    for item in items {
      let bytes = JSONWriter.bytes(item)
      guard line.count + bytes.count < writeBound else {
        isCut = true
        break
      }
      if !isFirst { line.append(UInt8(ascii: ",")) }
      line += bytes
      isFirst = false
    }
    return line + Array("]}".utf8)
  }
}
