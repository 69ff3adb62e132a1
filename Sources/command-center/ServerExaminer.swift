import ArgumentParser
import Glibc
import JSON
import Loop
import RunClient
import Runs
import Settings
import Shell
import Terminal
import Transport

/// Follows the way to the server of a profile, from its name to its answers.
struct ServerExaminer {
  /// What must not be shown, wherever it turns up.
  private(set) var secrets: [String] = []
  private let setup: Setup
  private let chosen: Chosen
  private let isAlone: Bool
  private var profile: Profile { chosen.profile }

  /// How long a name may be looked up, a connection be made, in milliseconds.
  private static let patience = 5_000

  /// An examiner; one that is not alone in the program leaves signals and standard error to others.
  init(setup: Setup, chosen: Chosen, isAlone: Bool = true) {
    self.setup = setup
    self.chosen = chosen
    self.isAlone = isAlone
  }

  /// Looks, as far as the way leads.
  /// - Throws: The end of the program, when a signal told it to end.
  mutating func checks() throws -> [Check] {
    var checks = [profileCheck]
    var token: String?
    var lost: Check?
    do throws(Mistake) {
      token = try setup.token(of: profile)
    } catch {
      lost = Check("token", .bad, error.sentence, code: .usage)
    }
    let server: Server
    do throws(Mistake) {
      server = try Setup.server(of: profile, token: token)
    } catch {
      return checks + [lost, Check("url", .bad, error.sentence, code: .usage)].compactMap { $0 }
    }
    let network = Network(profile, environment: setup.environment, paths: setup.paths)
    secrets = network.proxySecrets + [server.token].compactMap { $0 }
    let way = self.way(to: server, network)
    checks += [url(server, way), lost ?? tokenCheck(server), scope(server), Diagnosis.proxy(way)]
    let names = look(up: way.lookedUp)
    checks.append(Diagnosis.names(names.finding, milliseconds: names.milliseconds, way))
    guard checks.last?.verdict != .bad else { return checks }
    let connection = connect(server, way)
    checks += connection
    // Without its token a server has nothing to say that is of use; the way to it is known by now.
    guard lost == nil, !connection.contains(where: { $0.verdict == .bad }) else { return checks }
    return checks + (try examine(server))
  }

  // MARK: Settings

  private var profileCheck: Check {
    let remarks = [
      chosen.readOnly == nil ? nil : "read-only", profile.isProtected ? "protected" : nil,
      chosen.isFromConfig ? nil : "from the environment",
    ].compactMap { $0 }
    return Check(
      "profile",
      .good,
      ([profile.name] + remarks).joined(separator: ", "),
      facts: [
        "name": .string(profile.name), "read_only": .bool(chosen.readOnly != nil),
        "protected": .bool(profile.isProtected), "from_config": .bool(chosen.isFromConfig),
      ]
    )
  }

  private func url(_ server: Server, _ way: Diagnosis.WayFacts) -> Check {
    Check(
      "url",
      .good,
      "\(server.url) (\(way.isSecure ? "TLS" : "plain http"))",
      facts: ["url": .string(server.url), "secure": .bool(way.isSecure)]
    )
  }

  private func tokenCheck(_ server: Server) -> Check {
    let source =
      switch profile.token {
      case .file(let path): "the file \(setup.paths.absolute(path))"
      case .variable(let name): "the variable \(name)"
      case .command(let words): "the command \(words.first ?? "")"
      case nil: "nowhere"
      }
    guard server.token != nil else { return Check("token", .note, "none is set") }
    return Check(
      "token",
      .good,
      "read from \(source), not shown",
      facts: ["source": .string(source)]
    )
  }

  private func scope(_ server: Server) -> Check {
    let parts = [
      server.tenant.map { "tenant \($0)" } ?? "no tenant",
      server.project.map { "project \($0)" } ?? "no project",
    ]
    return Check(
      "scope",
      .good,
      parts.joined(separator: ", "),
      facts: [
        "tenant": server.tenant.map { .string($0) } ?? .null,
        "project": server.project.map { .string($0) } ?? .null,
      ]
    )
  }

  private func way(to server: Server, _ network: Network) -> Diagnosis.WayFacts {
    let host = server.place.lastIndex(of: ":").map { server.place[..<$0] } ?? server.place[...]
    let bare = host.hasPrefix("[") ? host.dropFirst().dropLast() : host
    let isSecure = server.url.lowercased().hasPrefix("https:")
    var way = Diagnosis.WayFacts(host: String(bare), isSecure: isSecure)
    way.proxy = network.shownProxy
    way.proxySource = network.proxySource
    way.proxyHost = network.proxyHost
    if network.proxy != nil {
      way.exception = NoProxy.entry(for: way.host, in: network.noProxy)
      let isListed = way.exception.map { network.noProxy.contains($0) } ?? false
      way.exceptionSource = isListed ? network.noProxySource : nil
    }
    way.authorities = network.authorities
    way.authoritiesSource = network.authoritiesSource
    way.clientCertificate = network.clientCertificate
    return way
  }

  // MARK: The way

  private func look(up host: String) -> (finding: Diagnosis.Names, milliseconds: Int) {
    let start = SystemClock.now()
    let finding = NameLookup.addresses(of: host, milliseconds: ServerExaminer.patience)
    let took = Int((SystemClock.now() - start).inMilliseconds)
    return switch finding {
    case .addresses(let addresses): (.addresses(addresses), took)
    case .none(let reason): (.none(reason), took)
    case .late: (.late, ServerExaminer.patience)
    }
  }

  private func connect(_ server: Server, _ way: Diagnosis.WayFacts) -> [Check] {
    let settings = setup.transport(for: profile)
    func look(trusting: Bool) -> Look {
      Inspection.look(
        at: server.url,
        settings: settings,
        trusting: trusting,
        milliseconds: ServerExaminer.patience
      )
    }
    let trusted = look(trusting: true)
    let isAboutTrust = trusted.failure?.code == .tls
    // What is not trusted is looked at all the same: nothing is sent there.
    let seen = isAboutTrust ? look(trusting: false) : trusted
    let handshake = Diagnosis.HandshakeFacts(
      address: seen.address,
      encryption: seen.encryption,
      certificates: seen.certificates.map {
        Diagnosis.Shown(
          subject: $0.subject,
          issuer: $0.issuer,
          names: $0.names,
          begins: $0.begins,
          ends: $0.ends
        )
      },
      distrust: trusted.distrust,
      failure: trusted.failure?.sentence,
      isAboutTrust: isAboutTrust,
      connectMilliseconds: seen.timing.connect / 1000,
      handshakeMilliseconds: max(0, seen.timing.handshake - seen.timing.connect) / 1000
    )
    return Diagnosis.connection(
      handshake,
      way,
      systemAuthorities: CurlVersion.authorities,
      at: SystemClock.now()
    )
  }

  // MARK: The server

  private func examine(_ server: Server) throws -> [Check] {
    do {
      let pool = try TransferPool(settings: setup.transport(for: profile))
      // Whoever leaves does not wait for a name that is being resolved.
      defer { pool.abandon() }
      let signals = isAlone ? try Signals([.interrupt, .terminate, .hangUp]) : nil
      let isWatched = isAlone && isatty(STDERR_FILENO) == 1
      let visits = try Examiner(pool: pool, signals: signals).run(Examination(of: server)) {
        if isWatched { Terse.complain("command-center: \($0)") }
      }
      return Diagnosis.server(visits.map(facts), hasToken: server.token != nil)
    } catch let end as Examiner.Interrupted {
      throw ArgumentParser.ExitCode(128 + end.number)
    } catch {
      return [Check("server", .bad, "\(error)")]
    }
  }

  private func facts(_ visit: Examination.Visit) -> Diagnosis.VisitFacts {
    var facts = Diagnosis.VisitFacts(visit.subject.rawValue, path: visit.path)
    facts.count = visit.count
    facts.fault = visit.fault
    facts.isOffered = visit.isOffered
    facts.httpVersion = visit.httpVersion
    facts.bytes = visit.bytes
    facts.connect = visit.timing.connect / 1000
    facts.handshake = max(0, visit.timing.handshake - visit.timing.connect) / 1000
    facts.firstByte = visit.timing.firstByte / 1000
    facts.total = visit.timing.total / 1000
    facts.skew = visit.skew?.difference
    facts.uncertainty = visit.skew?.uncertainty ?? .zero
    return facts
  }
}
