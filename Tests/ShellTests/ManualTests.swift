import Shell
import Testing

@Suite struct ManualTests {
  private let dump = #"""
    {"command": {"commandName": "cc", "abstract": "All of it.", "discussion": "First.\n\n  cc stop -a\n\n.Last",
      "arguments": [{"kind": "flag", "names": [{"kind": "long", "name": "version"}], "valueName": "v",
        "abstract": "Show it.", "isOptional": true}],
      "subcommands": [
        {"commandName": "stop", "abstract": "Stop runs.", "discussion": "'Quoted' and \\ back.",
         "arguments": [
           {"kind": "positional", "valueName": "ids", "abstract": "The ids.", "isRepeating": true},
           {"kind": "option", "names": [{"kind": "short", "name": "o"}, {"kind": "long", "name": "output"}],
            "valueName": "form", "abstract": "How.", "isOptional": true, "allValues": ["a", "b"],
            "defaultValue": "a"},
           {"kind": "flag", "names": [{"kind": "long", "name": "secret"}], "shouldDisplay": false}]},
        {"commandName": "hidden", "shouldDisplay": false},
        {"commandName": "profiles", "abstract": "Profiles.", "subcommands": [
          {"commandName": "add", "abstract": "Add one.", "arguments": [
            {"kind": "positional", "valueName": "name", "abstract": "Its name."}]}]}]}}
    """#

  private func pages() throws -> [Manual.Page] {
    try Manual(
      dump: dump,
      version: "1.0",
      files: [Manual.Entry("~/.config", "Settings.")],
      environment: [Manual.Entry("CC_URL", "Where.")]
    ).pages
  }

  @Test func `there is a page for the program and each verb that is shown`() throws {
    #expect(try pages().map(\.name) == ["cc.1", "cc-stop.1", "cc-profiles.1"])
  }

  @Test func `a page tells name, synopsis, options and exit codes`() throws {
    let stop = try pages()[1].text
    #expect(
      stop.hasPrefix(
        #"""
        .TH CC\-STOP 1 "" "command\-center 1.0" "Command Center"
        .SH NAME
        cc\-stop \- Stop runs
        .SH SYNOPSIS
        \fBcc stop\fR \fIids\fR ... [\fIoptions\fR]
        .SH DESCRIPTION
        .PP
        \&'Quoted' and \e back.
        .SH OPTIONS
        .TP
        \fIids\fR
        The ids.
        .TP
        \fB\-o\fR, \fB\-\-output\fR \fIform\fR
        How.
        One of a, b.
        Without it: a.
        .SH EXIT STATUS
        .TP
        \fB0\fR

        """#
      )
    )
    for code in ExitCode.allCases { #expect(stop.contains("\\fB\(code.rawValue)\\fR\n")) }
    #expect(!stop.contains("secret"))
  }

  @Test func `the program's page lists its verbs, files and variables, examples as they are`()
    throws
  {
    let root = try pages()[0].text
    #expect(root.contains(".TP\n\\fBcc\\-stop\\fR(1)\nStop runs.\n"))
    #expect(root.contains(".PP\nFirst.\n.PP\n.nf\n.RS 4\ncc stop \\-a\n.RE\n.fi\n.PP\n\\&.Last\n"))
    #expect(root.contains(".SH FILES\n.TP\n\\fB~/.config\\fR\nSettings.\n"))
    #expect(root.contains(".SH ENVIRONMENT\n.TP\n\\fBCC_URL\\fR\nWhere.\n"))
    #expect(!root.contains("hidden"))
  }

  @Test func `what is below a verb stands on its page`() throws {
    let profiles = try pages()[2].text
    #expect(profiles.contains("\\fBcc profiles add\\fR \\fIname\\fR\n"))
    #expect(profiles.contains(".SH PROFILES ADD\n.PP\nAdd one.\n.TP\n\\fIname\\fR\nIts name.\n"))
  }

  @Test(arguments: ["", "[]", "{\"command\":{}}", "nonsense"])
  func `what declares nothing makes no manual`(dump: String) {
    #expect(throws: Manual.Mistake.self) {
      try Manual(dump: dump, version: "1", files: [], environment: [])
    }
  }
}
