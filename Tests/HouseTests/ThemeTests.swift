import Cells
import Foundation
import Settings
import Testing

/// The themes that are shipped, looked at by number.
@Suite struct ThemeTests {
  static let names = [
    "colour-blind", "high-contrast", "midnight", "monochrome", "paper", "terminal",
  ]
  private static let folder = Repository.root.appending(path: "themes").path(percentEncoded: false)
  private static let cases = names.flatMap { name in ColorDepth.allCases.map { (name, $0) } }

  /// Statuses that stand below one another, in the inbox or among the steps of a run.
  private static let neighbours: [(Role, Role)] = {
    func all(_ roles: [Role]) -> [(Role, Role)] {
      roles.indices.flatMap { one in roles[(one + 1)...].map { (roles[one], $0) } }
    }
    return all([.attention, .draining, .running, .failure]) + all([.running, .paused])
      + all([.success, .failure, .running, .attention]) + [
        (.failure, .stopped), (.attention, .queued), (.success, .stopped),
      ]
  }()

  private func theme(_ name: String) throws -> Theme {
    try ThemeFile.theme(name, folders: [Self.folder])
  }

  @Test func `six are shipped, and midnight is the one that the program carries`() throws {
    #expect(ThemeFile.names(folders: [Self.folder]) == Self.names)
    for name in Self.names { #expect(try theme(name).name == name) }
    #expect(try theme("midnight") == .builtin)
  }

  @Test(arguments: cases)
  func `every role is readable, on the ground, on the bar and dimmed`(
    name: String,
    depth: ColorDepth
  ) throws {
    let theme = try theme(name)
    let wanted = name == "high-contrast" && depth != .mono ? 7 : 4.5
    for role in Role.allCases {
      for look in [
        Look(role), Look(role, selected: true), Look(role, dimmed: true),
        Look(role, selected: true, dimmed: true),
      ] {
        let style = theme.style(look, depth: depth)
        guard let glyph = style.foreground, let ground = style.background,
          let contrast = glyph.contrast(with: ground)
        else {
          // What nobody can know is left to the terminal: both are its own, or one of its sixteen
          // stands on its ground as its owner chose.
          #expect(depth == .mono || style.background == .terminal, "\(role.rawValue)")
          continue
        }
        let bound = name == "high-contrast" ? wanted : look.dimmed ? 3 : wanted
        #expect(contrast >= bound, "\(role.rawValue) \(style)")
      }
    }
  }

  @Test(arguments: cases)
  func `the row under the cursor and old data can be seen`(name: String, depth: ColorDepth) throws {
    let theme = try theme(name)
    for role in Role.allCases where role != .selection {
      let plain = theme.style(Look(role), depth: depth)
      let bar = theme.style(Look(role, selected: true), depth: depth)
      #expect(
        bar.reverse != plain.reverse || bar.background != plain.background,
        "\(role.rawValue)"
      )
    }
    #expect(
      theme.style(Look(.text, dimmed: true), depth: depth) != theme.style(.text, depth: depth)
    )
  }

  @Test(arguments: cases)
  func `statuses that stand below one another look different`(
    name: String,
    depth: ColorDepth
  ) throws {
    let theme = try theme(name)
    for (one, other) in Self.neighbours {
      let (a, b) = (theme.style(Look(one), depth: depth), theme.style(Look(other), depth: depth))
      if depth == .mono || name == "monochrome" {
        // Signs and words tell the others apart.
        guard [one, other].contains(.attention) || [one, other].contains(.failure) else { continue }
      }
      #expect(a != b, "\(one.rawValue) and \(other.rawValue): \(a)")
    }
  }

  @Test(arguments: [ColorDepth.direct, .palette256], Sight.allCases)
  func `colour-blind keeps statuses apart for every eye`(depth: ColorDepth, sight: Sight) throws {
    let theme = try theme("colour-blind")
    for (one, other) in Self.neighbours {
      let (a, b) = (theme.style(Look(one), depth: depth), theme.style(Look(other), depth: depth))
      let distance = try #require(
        a.foreground.flatMap { one in b.foreground.flatMap { sight.distance(one, $0) } }
      )
      #expect(distance >= 18, "\(one.rawValue) and \(other.rawValue)")
    }
  }

  @Test func `eyes are simulated as published`() throws {
    let (red, green) = (Color.rgb(205, 0, 0), Color.rgb(0, 105, 0))
    let full = try #require(Sight.full.distance(red, green))
    let without = try #require(Sight.deuteranopia.distance(red, green))
    #expect(full > 100)
    #expect(without < full / 2)
    #expect(Sight.protanopia.distance(.rgb(90, 90, 90), .rgb(90, 90, 90)) == 0)
  }
}
