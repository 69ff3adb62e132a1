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

/// The suite of a room: `Tests/<name>Tests`; what it records lies beside it.
func suite(
  _ name: String,
  _ more: [Target.Dependency] = [],
  records: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.init(stringLiteral: name)] + more,
    exclude: records,
    swiftSettings: house
  )
}

let package = Package(
  name: "command-center",
  products: [
    .executable(name: "command-center", targets: ["command-center"]),
    .executable(name: "command-center-runtime", targets: ["command-center-runtime"]),
  ],
  dependencies: [
    // The arguments of both programs, their help and completions.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // Config, themes, runtime.toml.
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    // The embedded runtime: its store, its HTTP server, its digests, its MCP servers.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "3.12.3"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    // swift-subprocess speaks of paths in its words.
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
  ],
  targets: [
    .systemLibrary(name: "CNcurses", providers: [.apt(["libncurses-dev"])]),
    .systemLibrary(
      name: "CCurl",
      pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]
    ),
    .systemLibrary(name: "CLua", providers: [.apt(["liblua5.4-dev"])]),
    .target(name: "CTermGuard"),
    // openapi.yaml, inside the program.
    .target(name: "COpenAPI"),

    room("JSON"),
    room("Runs", ["JSON"]),
    room("RuntimeAPI", ["JSON", "Runs"]),
    room("Triage", ["Runs"]),
    room("Cells"),
    room("Transport", ["CCurl"]),
    room("Terminal", ["Cells", "CNcurses", "CTermGuard"]),
    room("RunClient", ["Transport", "RuntimeAPI", "Runs", "JSON"]),
    room("CommandCenter", ["Cells", "Triage", "Runs", "JSON"]),
    room("Shell", ["CommandCenter", "RuntimeAPI", "Cells", "Triage", "Runs", "JSON"]),
    room("Settings", ["CommandCenter", "Cells", "TOMLKit"]),
    room(
      "Loop",
      [
        "CommandCenter", "Shell", "Terminal", "RunClient", "Transport", "Triage", "Cells", "Runs",
        "JSON",
      ]
    ),
    room(
      "LocalRuntime",
      [
        "Transport", "RuntimeAPI", "Runs", "JSON", "CLua", "COpenAPI", "TOMLKit",
        .product(name: "FlyingSocks", package: "FlyingFox"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]
    ),
    .executableTarget(
      name: "command-center",
      dependencies: [
        "Loop", "Settings", "Shell", "CommandCenter", "RunClient", "Transport", "Terminal", "Cells",
        "Triage", "Runs", "JSON",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: house
    ),
    .executableTarget(
      name: "command-center-runtime",
      dependencies: [
        "LocalRuntime", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: house
    ),

    // Measures the built programs beside one in C, and the pure rooms by themselves.
    .target(name: "CPty", path: "Benchmarks/CPty"),
    .executableTarget(
      name: "benchmark",
      dependencies: ["CPty", "JSON", "Runs", "RuntimeAPI", "Triage"],
      path: "Benchmarks",
      exclude: ["CPty", "Reference", "README.md", "runtime"],
      swiftSettings: house
    ),

    .target(
      name: "TestHouse",
      dependencies: ["CommandCenter", "Triage", "Cells", "Runs", "JSON"],
      path: "Tests/TestHouse",
      swiftSettings: house
    ),
    suite("JSON"),
    suite("Runs", ["JSON"]),
    suite("RuntimeAPI", ["Runs", "JSON"]),
    suite("Triage", ["Runs", "JSON"]),
    suite("Cells"),
    suite("Terminal", ["Cells"]),
    suite("Transport", ["TestHouse"]),
    suite("RunClient", ["TestHouse", "Triage", "Transport", "RuntimeAPI", "Runs", "JSON"]),
    suite(
      "CommandCenter",
      ["TestHouse", "Cells", "Triage", "Runs", "JSON"],
      records: ["Screens"]
    ),
    suite("Shell", ["CommandCenter", "Cells", "Triage", "Runs", "JSON"]),
    suite("Settings", ["CommandCenter", "Cells"]),
    suite("Loop", ["TestHouse", "Transport", "Runs", "JSON"]),
    suite(
      "LocalRuntime",
      [
        "TestHouse", "Transport", "RuntimeAPI", "Runs", "JSON", "command-center-runtime",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ]
    ),
    // The repository itself: its laws, its documents.
    .testTarget(
      name: "HouseTests",
      dependencies: ["CommandCenter", "Settings", "Cells"],
      swiftSettings: house
    ),
    // The built programs in a real terminal.
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "TestHouse", "RunClient", "Transport", "RuntimeAPI", "Runs", "JSON", "command-center",
        "command-center-runtime",
      ],
      swiftSettings: house
    ),
  ]
)
