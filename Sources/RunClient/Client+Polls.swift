package import Runs

extension Client {
  // MARK: Polls

  /// Sets how often the inbox is read.
  package func setPace(_ pace: Pace, now: Timestamp) { poller.setPace(pace) }

  /// Sends another token from now on.
  ///
  /// A poll that went out with the old one is given up: its answer would say nothing of the new one.
  package func setToken(_ token: String?) {
    server.token = token
    cancelRefresh()
    poller.giveUp()
  }

  /// Reads the inbox at once, in spite of failures before.
  package func pollNow(now: Timestamp) { poller.pollNow(now) }

  func landed(_ result: Result<Refreshed, Fault>) {
    switch result {
    case .success(let refreshed):
      known = refreshed.known
      poller.succeeded(now, isWhole: refreshed.isWhole)
      events.append(.reading(refreshed.reading, changed: refreshed.changed))
      dispatcher.reached()
      startQueued()
    case .failure(let fault):
      let next = poller.failed(fault, now, random: random())
      events.append(.pollFailed(fault, nextTry: next, missed: poller.missed))
    }
  }

  private func cancelRefresh() {
    for (id, flight) in flights {
      if case .refresh = flight.work { cancel(id) }
    }
  }

  // MARK: Time

  /// Takes in the time, which may stand anywhere after a sleep of the machine or when it was set.
  func see(_ now: Timestamp) {
    if let seen, now - seen > Client.sleepBound { wake(now) }
    if let seen, now < seen {
      freshUntil = nil
      for (id, flight) in flights {
        flights[id]?.alarm = flight.alarm.map { min($0, now + CommandJob.longestPause) }
        flights[id]?.heardAt = min(flight.heardAt, now)
      }
    }
    seen = now
    self.now = now
    poller.see(now)
  }

  /// Begins again what the connections of before a sleep would hold up.
  private func wake(_ now: Timestamp) {
    cancelRefresh()
    poller.woke(now)
    // libcurl uses none that lay idle for longer.
    freshUntil = now + .seconds(120)
  }

  /// Tells that the server leaves a poll unanswered, long before that fails.
  func tellSilence() {
    for (id, flight) in flights where flight.silentAt.map({ $0 <= now }) ?? false {
      flights[id]?.isToldSilent = true
      events.append(.pollSilent(since: flight.heardAt))
    }
  }
}
