/// A small MCP server over stdio, so that examples do real work on machines that have no other.
package enum DemoTools {
  /// Serves until the input ends, then gives up what is still at work.
  package static func serve(input: Int32, output: Int32) async {
    let session = DemoSession(output: DescriptorWriter(output))
    var splitter = LineSplitter(limit: MCPMessage.maximumBytes)
    reading: for await bytes in DescriptorReader.chunks(of: input) {
      guard let lines = splitter.feed(bytes) else { break reading }
      for line in lines { await session.receive(line) }
    }
    await session.giveUp()
  }
}
