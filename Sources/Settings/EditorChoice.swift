internal import CommandCenter
internal import Glibc

/// Which editor the operator wants, and what it is told so that it leaves nothing behind.
package enum EditorChoice {
  /// The variables that an editor gets to know; no token is among them.
  package static let variables = [
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TERMINFO", "TERMINFO_DIRS", "COLORTERM",
    "NO_COLOR", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TZ", "TMPDIR", "TMUX",
    "TMUX_PANE", "STY", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "VIM", "VIMRUNTIME",
    "MYVIMRC", "NVIM_APPNAME", "EDITOR", "VISUAL",
  ]

  /// The words that start the editor, without the file.
  /// - Parameters:
  ///   - environment: Names it: `VISUAL`, else `EDITOR`.
  ///   - find: The file behind a program's name, its links followed; nil when there is none.
  /// - Returns: The program's name, then what it is told.
  /// - Throws: ``Mistake`` when a variable cannot be read, or there is no editor at all.
  package static func words(
    _ environment: Environment,
    find: (String) -> String?
  ) throws(Mistake) -> [String] {
    for name in ["VISUAL", "EDITOR"] {
      guard let line = environment[name] else { continue }
      let words: [String]
      do throws(ShellWord.Mistake) {
        words = try ShellWord.split(line)
      } catch {
        throw Mistake(name, error.sentence)
      }
      guard let program = words.first else { continue }
      return words + discretion(of: find(program) ?? program)
    }
    for program in ["vi", "nano"] {
      if let file = find(program) { return [program] + discretion(of: file) }
    }
    throw Mistake(nil, "there is no editor: set EDITOR to the program that you write with")
  }

  /// The file behind a program's name, its links followed; nil when there is none that can be run.
  package static func file(of program: String, path: String?) -> String? {
    let folders = (path ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/" }
    for folder in program.contains("/") ? [""] : folders {
      let file = folder + program
      guard unsafe access(file, X_OK) == 0 else { continue }
      guard let real = unsafe realpath(file, nil) else { return file }
      defer { unsafe free(real) }
      return unsafe String(cString: real)
    }
    return nil
  }

  /// What an editor is told so that it obeys no line of the text and writes it nowhere else.
  static func discretion(of file: String) -> [String] {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    if name.hasPrefix("vim") || name.hasPrefix("nvim") || name.hasPrefix("gvim") {
      let settings = "nobackup nowritebackup noundofile nomodeline"
      return [
        // No swap file, no memory of registers; a vimrc may set the rest anew before the file is read.
        "-n", "-i", "NONE", "--cmd", "set \(settings)",
        "--cmd", "autocmd BufReadPre * setlocal nomodeline noswapfile noundofile",
        "-c", "set \(settings)",
      ]
    }
    if name.hasPrefix("emacs"), !name.hasPrefix("emacsclient") {
      return [
        "--eval",
        "(setq enable-local-variables nil enable-dir-local-variables nil make-backup-files nil "
          + "auto-save-default nil create-lockfiles nil)",
      ]
    }
    return []
  }
}
