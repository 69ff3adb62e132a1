internal import CommandCenter
internal import RunClient
internal import Runs
internal import Shell
internal import Transport

extension EventLoop {
  // MARK: The record of what was decided

  /// Reads the journals of all programs on this machine.
  func readActivity() {
    guard let journals = profile.records?.journals else {
      handle(.activity(.read([], remarks: [])))
      return
    }
    clerk.take { [epoch = errands.epoch] in
      let contents = journals.read()
      var remarks = contents.remarks
      let limit = ActivityModel.limit
      if contents.records.count > limit {
        remarks.append("the newest \(limit) decisions are listed; an export has all of them")
      }
      let newest = Array(contents.records.suffix(limit))
      return Errands.Done(
        epoch: epoch,
        content: .activity(.read(newest, remarks: remarks))
      )
    }
  }

  /// Looks over what the program needs; of two looks the later one counts.
  func examine() {
    let look = wiring.examination(size: model.size)
    let physician = Worker<Errands.Done>(waking: profile.connection.pool.waker)
    physician.take { [epoch = errands.epoch] in
      Errands.Done(epoch: epoch, content: .examined(look()))
    }
    self.physician = physician
  }

  /// Writes decisions or a hand-over to a new file.
  func export(_ kind: ExportKind) {
    guard let records = profile.records else {
      let fault = Fault(.local, "nothing is recorded here")
      handle(.activity(.exported(kind, .failure(fault), remarks: [])))
      return
    }
    let now = SystemClock.now()
    clerk.take { [epoch = errands.epoch, zone = model.zone, reading = presentReading] in
      let contents = records.journals.read()
      let decided = contents.records
      let (text, ending) =
        switch kind {
        case .activity: (ActivityOutput.lines(decided), ".jsonl")
        case .handover(let since):
          (
            Handover(
              place: records.place,
              since: since,
              at: now,
              zone: zone,
              records: contents.isUnread ? nil : decided,
              reading: reading
            ).markdown,
            ".md"
          )
        }
      var result: Result<String, Fault>
      do throws(Fault) {
        let path = try records.exports.write(text, named: kind.word, ending: ending, at: now)
        result = .success(path)
      } catch {
        result = .failure(error)
      }
      return Errands.Done(
        epoch: epoch,
        content: .activity(.exported(kind, result, remarks: contents.remarks))
      )
    }
  }

  /// What the server shows now, or why that is not known.
  private var presentReading: Result<Reading, Fault> {
    if let reading = model.inbox.reading, !model.link.isStale { return .success(reading) }
    let silence =
      model.link.silentSince == nil ? "the server was not read yet" : "the server does not answer"
    return .failure(model.link.fault ?? Fault(.unreachable, silence))
  }
}
