package import Runs

/// Something that the application wants done; the loop does it.
package enum Effect: Sendable, Equatable {
  /// Poll now.
  case refresh
  /// Poll at this pace from now on.
  case pace(Pace)
  /// Read one run with its events.
  case load(RunReference)
  /// Read the list of workflows.
  case loadWorkflows
  /// Read what there is to know before a run of a workflow is started, with the input of a run, or of
  /// the newest one.
  case loadStart(WorkflowID, input: RunReference?)
  /// Read how long the steps of a workflow took in its last runs, when there is time for it.
  case loadHistory(WorkflowID, version: Int?)
  /// Look over what the program needs: settings, network, server, token, clock.
  case examine
  /// Read a run's context.
  case loadContext(RunReference)
  /// Read the journals of all programs on this machine.
  case readActivity
  /// Write decisions or a hand-over to a new file.
  case export(ExportKind)
  /// Give the terminal to the operator's editor, with a text.
  case edit(EditorWish)
  /// Carry a decision out.
  case carryOut(Decision)
  /// Have it on record that a decision is made and waits in the undo window.
  case hold(Decision)
  /// Have it on record that a decision was taken back before it was sent.
  case withdraw(Decision, why: String)
  /// Have it on record that decisions are about to be sent one by one.
  case plan(BatchID, [Decision])
  /// Find out whether decisions can be recorded; ``DecisionMessage/journal(_:)`` tells.
  case probeJournal
  /// Send a text to the terminal's clipboard, and tell what became of it.
  case copy(String)
  /// Forget the keys that were pressed before what is shown now: they were not meant for it.
  case dropInput
  /// Talk to another profile's server.
  case open(profile: String)
  /// Write a profile into the config, then talk to its server.
  case add(ProfileDraft)
  /// Fetch the token of the profile again, then poll.
  case renewToken
  /// Use a token that was typed, and keep it where the profile reads it from.
  case useToken(Secret)
  /// Write a filter into the config.
  case saveFilter(SavedFilter)
  /// Keep something on this machine for the profile, or take it away; see ``Model/keep(_:_:_:)``.
  case keep(ShelfEntry)
  /// Draw with another theme; a theme that is only looked at is not said to be there.
  case useTheme(String, isPreview: Bool)
  /// Put the program into the background.
  case suspend
  /// Leave.
  case quit(Departing)
}

/// What comes after the front was left.
package enum Departing: Sendable, Equatable {
  /// Nothing.
  case done
  /// The demo, chosen on the first screen.
  case demo
  /// A runtime of one's own on this machine, chosen on the first screen.
  case local
}
