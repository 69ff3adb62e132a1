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
  products: [
    .executable(name: "command-center", targets: ["command-center"]),
  ],
  dependencies: [
  ],
  targets: [
    .systemLibrary(name: "CNcurses", providers: [.apt(["libncursesw5-dev"])]),
    .systemLibrary(
      name: "CCurl",
      pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]
    ),
    .target(name: "CTermGuard"),

    room("JSON"),
    room("Runs", ["JSON"]),
    room("RuntimeAPI", ["JSON", "Runs"]),
    room("Triage", ["Runs"]),
    room("Cells"),
    room("Transport", ["CCurl"]),
    room("Terminal", ["Cells", "CNcurses", "CTermGuard"]),
    room("RunClient", ["Transport", "RuntimeAPI", "Runs", "JSON"]),
    room("CommandCenter", ["Cells", "Triage", "Runs", "JSON"]),
    room("Loop", ["CommandCenter", "Terminal", "RunClient", "Transport", "Triage", "Cells", "Runs"]),
    .executableTarget(
      name: "command-center",
      dependencies: [
        "Loop", "CommandCenter", "RunClient", "Transport", "Terminal", "Cells", "Runs",
      ],
      swiftSettings: house
    ),

    .target(name: "TestHouse", path: "Tests/TestHouse", swiftSettings: house),
    suite("JSON"),
    suite("Runs", ["JSON"]),
    suite("RuntimeAPI", ["Runs", "JSON"]),
    suite("Triage", ["Runs", "JSON"]),
    suite("Cells"),
    suite("Terminal", ["Cells"]),
    suite("Transport", ["TestHouse"]),
  ]
)
