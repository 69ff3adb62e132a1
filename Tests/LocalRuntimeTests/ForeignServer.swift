import Foundation
import JSON
import Testing

@testable import LocalRuntime

/// MCP servers that nobody here wrote, of the environment that `tools/python` makes.
enum ForeignServer {
  /// The environment's folder.
  static var home: String {
    get throws {
      let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
      let home = "\(root)/.build/python"
      try #require(FileManager.default.fileExists(atPath: "\(home)/packages"), "run tools/python")
      return home
    }
  }

  /// A server that is started and spoken to over its standard input.
  static func config(_ program: String, _ arguments: [String] = []) throws -> MCPServerConfig {
    MCPServerConfig(
      name: "foreign",
      command: ["\(try home)/bin/\(program)"] + arguments,
      directory: nil,
      environment: ["PATH": "/usr/bin:/bin", "HOME": "/"]
    )
  }

  /// Hands over a connection to a server, and ends the server afterwards.
  static func connected<Result>(
    _ config: MCPServerConfig,
    _ body: (MCPConnection) async throws -> Result
  ) async throws -> Result {
    let connection = MCPConnection(config: config)
    do {
      let result = try await body(connection)
      await connection.shutdown()
      return result
    } catch {
      await connection.shutdown()
      throw error
    }
  }
}

/// The tools of the official SDK over streamable HTTP, in one of its generations.
final class ForeignWebServer: Sendable {
  /// Which SDK.
  enum Generation: String, Sendable, CaseIterable {
    case first
    case second
  }

  private static let script = """
    import asyncio, socket, sys
    import uvicorn
    try:
      from mcp.server.fastmcp import Context, FastMCP as Server
    except ImportError:
      from mcp.server.mcpserver import Context, MCPServer as Server
    server = Server("web")
    started, ended = [], []
    @server.tool()
    def add(a: int, b: int) -> int: return a + b
    @server.tool()
    def fail() -> str: raise ValueError("no such thing")
    @server.tool()
    def long(n: int) -> str: return "x" * n
    @server.tool()
    async def hang() -> str:
      started.append(1)
      try: await asyncio.sleep(3600)
      finally: ended.append(1)
      return "never"
    @server.tool()
    async def look() -> dict: return {"started": len(started), "ended": len(ended)}
    @server.tool()
    async def steps(ctx: Context) -> str:
      for i in range(3): await ctx.report_progress(i, 3)
      return "done"
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(server.streamable_http_app(), log_level="critical")
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
    """

  let url: String
  private let process: Process

  init(_ generation: Generation) async throws {
    let home = try ForeignServer.home
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "\(home)/bin/python")
    process.arguments = ["-c", Self.script]
    process.environment = ["PATH": "/usr/bin:/bin"]
    if generation == .first { process.environment?["PYTHONPATH"] = "\(home)/first" }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    self.process = process
    var line: [UInt8] = []
    for await bytes in DescriptorReader.chunks(of: output.fileHandleForReading.fileDescriptor) {
      line += bytes
      if line.contains(UInt8(ascii: "\n")) { break }
    }
    let port = try #require(Int(String(decoding: line, as: UTF8.self).dropLast()))
    url = "http://127.0.0.1:\(port)/mcp"
  }

  /// Ends it.
  func stop() { process.terminate() }

  /// A connection to it.
  func connection() -> MCPHTTPConnection {
    MCPHTTPConnection(
      name: "foreign",
      endpoint: MCPServerConfig.Endpoint(url: url),
      outward: Outward(environment: [:])
    )
  }
}
