// Temporary wiring for the first look.
import Cells
import CommandCenter
import Glibc
import Loop
import RunClient
import Runs
import Terminal
import Transport

func env(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }

let server = try Server(
  url: env("COMMAND_CENTER_URL") ?? "http://127.0.0.1:1",
  token: env("COMMAND_CENTER_TOKEN")
)
let pool = try TransferPool(settings: TransportSettings(userAgent: "command-center/0.1.0"))
let now = SystemClock.now()
let journal = Journal(directory: "/tmp/h/journal", startedAt: now, process: getpid())
var generator = SystemRandomNumberGenerator()
let client = Client(
  server: server,
  backend: AgentRuntimeBackend(place: server.place),
  pool: pool,
  journal: journal,
  random: { Double.random(in: 0..<1) }
)
let session = try Session(
  Session.Options(
    environment: TerminalEnvironment([
      "TERM": env("TERM") ?? "", "LANG": env("LANG") ?? "C.UTF-8",
    ])
  )
)
let signals = try Signals()
let model = Model(
  size: session.size,
  profile: ProfileFacts(name: "env", place: server.place),
  zone: SystemClock.zone(at: now),
  glyphs: session.unicode ? .utf8 : .ascii,
  decisions: DecisionSource(high: generator.next(), low: generator.next()),
  now: now
)
let ending = EventLoop(
  session: session,
  signals: signals,
  client: client,
  pool: pool,
  model: model,
  theme: .builtin
).run()
print(ending)
