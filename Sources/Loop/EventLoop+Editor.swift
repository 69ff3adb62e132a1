internal import CommandCenter
internal import Glibc
internal import RunClient
internal import Runs
internal import Terminal

extension EventLoop {
  /// Gives the terminal to the operator's editor, with a text in a file.
  func edit(_ wish: EditorWish) {
    guard editor == nil else { return }
    do throws(Fault) {
      let program = try wiring.editor()
      let kept = keptFiles.removeValue(forKey: wish.subject)
      let file: EditorFile
      if let kept {
        file = kept
      } else {
        file = try EditorFile(wish, in: program.folders)
      }
      session.lend()
      do throws(Fault) {
        editor = try Editor(program, on: file, for: wish)
      } catch {
        // What an editor left is nowhere else: it waits for the next time.
        if let kept { keptFiles[wish.subject] = kept } else { file.remove() }
        session.takeBack(isClean: true)
        throw error
      }
      if let editor {
        session.give(to: editor.process)
        editor.resume()
      }
    } catch {
      handle(.editor(wish.subject, .failed(error.sentence, text: nil)))
    }
    painted = nil
  }

  /// Removes what programs that were killed left of their editors.
  func sweepEditorFiles() {
    guard let folders = try? wiring.editor().folders else { return }
    clerk.take { [epoch = errands.epoch] in
      Errands.Done(epoch: epoch, content: .swept(EditorFolder.sweep(folders)))
    }
  }

  /// Looks after the editor: a child has changed, or we were continued.
  func watchEditor() {
    guard let editor else { return }
    if editor.isStopped, session.isInFront { goOnEditing() }
    switch editor.state() {
    case .running: return
    case .stopped(let signal):
      if signal == SIGTTIN || signal == SIGTTOU {
        // It asked for the terminal before it was given it.
        session.give(to: editor.process)
        editor.resume()
      } else {
        stopWithEditor()
      }
    case .ended(let complaint): finishEditing(complaint)
    }
  }

  /// The editor has stopped: so do we, and go on together.
  private func stopWithEditor() {
    editor?.isStopped = true
    session.stopWhileLent()
    if session.isInFront { goOnEditing() }
  }

  private func goOnEditing() {
    guard let process = editor?.process else { return }
    editor?.isStopped = false
    session.give(to: process)
    editor?.resume()
  }

  private func finishEditing(_ complaint: String?) {
    guard let ended = editor else { return }
    editor = nil
    session.takeBack(isClean: complaint == nil)
    painted = nil
    // What is still to be read was typed for the editor.
    dropsInput = true
    let (outcome, keepsFile) = ended.outcome(complaint)
    if keepsFile { keptFiles[ended.wish.subject] = ended.file } else { ended.file.remove() }
    log?.write(.info, "editor", complaint ?? "ended", at: SystemClock.now())
    handle(.editor(ended.wish.subject, outcome))
  }

  /// Ends the editor with the program; what it has saved goes into the draft.
  func abandonEditor() {
    if let ended = editor {
      ended.end()
      editor = nil
      let (outcome, _) = ended.outcome("the editor was ended with the program")
      ended.file.remove()
      if case .failed(_, .some) = outcome { handle(.editor(ended.wish.subject, outcome)) }
    }
    for file in keptFiles.values { file.remove() }
    keptFiles = [:]
  }
}
