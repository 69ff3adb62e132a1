import Testing

/// The built programs in a real terminal, over real HTTP, against a real runtime.
///
/// One test after the other: each has a terminal, a front and a server of its own, and the machine
/// is small.
@Suite(.serialized) enum EndToEnd {}
