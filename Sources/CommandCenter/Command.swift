/// Something that a key does.
///
/// Keys, hints, help and the README come from the tables beside this.
package enum Command: String, Sendable, Hashable, CaseIterable {
  case up, down, top, bottom
  case pageUp = "page-up"
  case pageDown = "page-down"
  case halfUp = "half-up"
  case halfDown = "half-down"
  case previousSection = "previous-section"
  case nextSection = "next-section"
  case open
  case approve
  case reject
  case pause
  case stop
  case start
  case edit
  case editor
  case editorAll = "editor-all"
  case comment
  case undo
  case sendNow = "send-now"
  case withdraw
  case takeBack = "take-back"
  case mark
  case markRange = "mark-range"
  case markAlike = "mark-alike"
  case bulk
  case drop
  case send
  case retry
  case filter
  case sort
  case copy
  case refresh
  case help
  case close
  case back
  case leave
  case suspend
  case events
  case steps
  case task
  case nextTask = "next-task"
  case previousTask = "previous-task"
  case nextTab = "next-tab"
  case previousTab = "previous-tab"
  case showTab = "show-tab"
  case done
  case showHidden = "show-hidden"
  case saveTab = "save-tab"
  case follow
  case commandLine = "command-line"
  case newToken = "new-token"
  case confirm
  case gracefully
  case immediately
  case keep
  case complete
  case completeBack = "complete-back"
  case nextField = "next-field"
  case previousField = "previous-field"
  case tryDemo = "try-demo"
  case connect
  case local
  case left, right
  case wordLeft = "word-left"
  case wordRight = "word-right"
  case lineStart = "line-start"
  case lineEnd = "line-end"
  case eraseLeft = "erase-left"
  case eraseRight = "erase-right"
  case eraseWord = "erase-word"
  case eraseToStart = "erase-to-start"

  /// What help calls it.
  package var description: String {
    switch self {
    case .up: "row up"
    case .down: "row down"
    case .top: "first row"
    case .bottom: "last row"
    case .pageUp: "page up"
    case .pageDown: "page down"
    case .halfUp: "half a page up"
    case .halfDown: "half a page down"
    case .previousSection: "section above"
    case .nextSection: "section below"
    case .open: "open"
    case .approve: "approve …"
    case .reject: "reject …"
    case .pause: "pause, or resume when paused"
    case .stop: "stop …"
    case .start: "start a run; on a run, again"
    case .edit: "edit, then approve"
    case .editor: "a field in the editor"
    case .editorAll: "all fields in the editor"
    case .comment: "comment on the answer"
    case .undo: "take an edit back"
    case .sendNow: "send now"
    case .withdraw: "withdraw"
    case .takeBack: "take back while it can be"
    case .mark: "mark, or take the mark away"
    case .markRange: "mark up to here; filtered, mark all"
    case .markAlike: "mark all with the same cause"
    case .bulk: "the last bulk"
    case .drop: "drop, or take back in"
    case .send: "send"
    case .retry: "try the failed ones again"
    case .filter: "filter"
    case .sort: "sort"
    case .copy: "copy the run's id"
    case .refresh: "refresh now"
    case .help: "this page"
    case .close: "close the topmost"
    case .back: "back; on the inbox quit"
    case .leave: "leave at once"
    case .suspend: "suspend"
    case .events: "events"
    case .steps: "steps"
    case .task: "task"
    case .nextTask: "next task that waits"
    case .previousTask: "task before"
    case .nextTab: "next tab"
    case .previousTab: "tab before"
    case .showTab: "the tab of this place"
    case .done: "done until it changes"
    case .showHidden: "show the hidden"
    case .saveTab: "save the filter as a tab …"
    case .follow: "follow the newest"
    case .commandLine: "command line"
    case .newToken: "new token"
    case .confirm: "yes"
    case .gracefully: "gracefully"
    case .immediately: "immediately"
    case .keep: "keep the filter"
    case .complete: "complete"
    case .completeBack: "the candidate before"
    case .nextField: "next field"
    case .previousField: "field before"
    case .tryDemo: "try it"
    case .connect: "connect"
    case .local: "a local runtime"
    case .left: "to the left"
    case .right: "to the right"
    case .wordLeft: "a word to the left"
    case .wordRight: "a word to the right"
    case .lineStart: "start of the line"
    case .lineEnd: "end of the line"
    case .eraseLeft: "erase before the cursor"
    case .eraseRight: "erase under the cursor"
    case .eraseWord: "erase the word before"
    case .eraseToStart: "erase up to the start"
    }
  }

  /// The column of help that it stands in; nil keeps it out of help.
  package var group: Group? {
    switch self {
    case .up, .down, .top, .bottom, .pageUp, .pageDown, .halfUp, .halfDown, .previousSection,
      .nextSection, .nextTab, .previousTab, .showTab, .events, .steps, .task, .nextTask,
      .previousTask:
      .move
    case .approve, .reject, .pause, .stop, .takeBack, .start, .done, .edit, .editor, .editorAll,
      .comment, .undo, .mark, .markRange, .markAlike, .drop, .send, .retry:
      .decide
    case .open, .bulk, .filter, .sort, .copy, .refresh, .follow, .newToken, .saveTab, .showHidden:
      .see
    case .commandLine, .help, .close, .back, .leave, .suspend: .leave
    case .confirm, .sendNow, .withdraw, .gracefully, .immediately, .keep, .complete, .completeBack,
      .nextField,
      .previousField, .tryDemo, .connect, .local, .left, .right, .wordLeft, .wordRight, .lineStart,
      .lineEnd, .eraseLeft, .eraseRight, .eraseWord, .eraseToStart:
      nil
    }
  }

  /// A column of help.
  package enum Group: String, Sendable, CaseIterable {
    case move = "MOVE"
    case decide = "DECIDE"
    case see = "SEE"
    case leave = "LEAVE"
  }
}
