import Settings
import Testing

@Suite struct PathsTests {
  @Test func `folders follow the XDG variables, and their defaults the home`() throws {
    let plain = try Paths(environment: Environment(["HOME": "/home/a/"]))
    #expect(plain.config == "/home/a/.config/command-center")
    #expect(plain.state == "/home/a/.local/state/command-center")
    #expect(plain.data == "/home/a/.local/share/command-center")
    #expect(plain.cache == "/home/a/.cache/command-center")
    let moved = try Paths(
      environment: Environment([
        "HOME": "/home/a", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "relative",
        "XDG_DATA_HOME": "", "XDG_CACHE_HOME": "/k/",
      ])
    )
    #expect(moved.config == "/c/command-center")
    #expect(moved.state == "/home/a/.local/state/command-center")
    #expect(moved.data == "/home/a/.local/share/command-center")
    #expect(moved.cache == "/k/command-center")
  }

  @Test(arguments: [[:], ["HOME": "relative"], ["HOME": ""]])
  func `without a home there is a sentence`(values: [String: String]) {
    #expect(
      sentence { () throws(Mistake) in _ = try Paths(environment: Environment(values)) }
        == "HOME is not set to an absolute path; set it to your home directory"
    )
  }

  @Test func `paths of the config begin in its folder or the home`() throws {
    let paths = try Paths(environment: Environment(["HOME": "/h"]))
    #expect(paths.absolute("/a/b") == "/a/b")
    #expect(paths.absolute("~/b") == "/h/b")
    #expect(paths.absolute("b") == "/h/.config/command-center/b")
  }

  @Test func `what comes with the program is found wherever it is`() throws {
    let paths = try Paths(environment: Environment(["HOME": "/h"]))
    let none = Environment([:] as [String: String])
    let installed = Installation(executable: "/usr/bin/command-center")
    #expect(
      installed.themeFolders(environment: Environment([.themes: "/t"]), paths: paths)
        == [
          "/t", "/h/.config/command-center/themes", "/usr/bin/themes",
          "/usr/bin/../share/command-center/themes",
        ]
    )
    let built = Installation(executable: "/src/cc/.build/debug/command-center")
    #expect(built.themeFolders(environment: none, paths: paths).last == "/src/cc/themes")
    #expect(installed.runtime(environment: none) == "/usr/bin/command-center-runtime")
    #expect(installed.runtime(environment: Environment([.runtime: "/r"])) == "/r")
  }
}
