// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode, warnings are errors, imports say what they leak, and whatever
/// is unsafe wears the word `unsafe` (only Terminal, Transport and Loop may need it).
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// A room: `Sources/<name>`, and what stands below it.
func room(_ name: String, _ below: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: below, swiftSettings: house)
}

/// The suite of a room: `Tests/<name>Tests`.
func suite(_ name: String, _ more: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.init(stringLiteral: name)] + more,
    exclude: [],
    swiftSettings: house
  )
}

let package = Package(
  name: "command-center",
  targets: [
    room("JSON"),
    room("Runs", ["JSON"]),
    room("RuntimeAPI", ["JSON", "Runs"]),
    room("Triage", ["Runs"]),
    room("Cells"),
    room("CommandCenter", ["Cells", "Triage", "Runs", "JSON"]),
    suite("JSON"),
    suite("Runs", ["JSON"]),
    suite("RuntimeAPI", ["Runs", "JSON"]),
    suite("Triage", ["Runs", "JSON"]),
  ]
)
