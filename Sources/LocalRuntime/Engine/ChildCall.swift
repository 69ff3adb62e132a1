import Crypto
import Foundation
import JSON
import Runs

/// A run that a `workflow_call` step starts: all that is needed to start it once, and to find it
/// again after a crash.
struct ChildCall: Sendable, Equatable {
  /// The child's id, told by ``id(parent:place:attempt:)``.
  var run: RunID
  var workflow: WorkflowID
  var input: JSONValue
  var parent: ParentRun
  /// Whether the step waits for the child's end.
  var waits: Bool
  /// What of the child the step's result is; nil for what its last steps made.
  var outputFrom: String?
  /// From 1.
  var attempt: Int
  /// Whether whoever started the calling run may have tools called.
  var mayCallTools = true

  /// Where the child is found.
  var reference: RunReference { RunReference(workflow: workflow, run: run) }

  /// The id of the run that an attempt starts: always the same, so that no crash starts a second.
  static func id(parent: RunID, place: StepPlace, attempt: Int) -> RunID {
    let name = "\(parent.text)\n\(place.text)\n\(attempt)"
    let bytes = SHA256.hash(data: Data(name.utf8)).prefix(16)
    let digits = bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.count < 2 ? "0\(text)" : text
    }
    let parts = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }
    return RunID(parts.joined(separator: "-"))
  }
}

/// The run that started another, as that one keeps it under `parent`.
struct ParentRun: Sendable, Equatable {
  var run: RunID
  var workflow: WorkflowID?
  var place: StepPlace
  /// How many runs stand above the child.
  var depth: Int
  /// Whether the parent's step waits, so that the child ends with it.
  var waits: Bool

  /// The parent as the child's `parent` has it.
  var json: JSONValue {
    var object: JSONObject = ["run_id": .string(run.text)]
    object["workflow_id"] = (workflow?.text).map { .string($0) }
    object["step_id"] = .string(place.eventID)
    if let round = place.round { object["index"] = .int(round.index) }
    object["place"] = .string(place.text)
    object["depth"] = .int(depth)
    object["waits"] = .bool(waits)
    return .object(object)
  }

  /// Reads ``json`` of a run; nil when nobody but a client started it.
  init?(of run: Run) {
    guard let value = run.extra["parent"], let id = value["run_id"]?.string,
      let place = value["place"]?.string
    else { return nil }
    self.run = RunID(id)
    workflow = (value["workflow_id"]?.string).map { WorkflowID($0) }
    self.place = StepPlace(text: place)
    depth = value["depth"]?.int ?? 1
    waits = value["waits"]?.bool ?? true
  }

  /// A parent.
  init(run: RunID, workflow: WorkflowID?, place: StepPlace, depth: Int, waits: Bool) {
    self.run = run
    self.workflow = workflow
    self.place = place
    self.depth = depth
    self.waits = waits
  }
}

extension RunState {
  /// What a step that called this run gets of it; nil as long as it has not ended.
  func outcome(for call: ChildCall) -> Result<JSONValue, StepFailure>? {
    let title = "the run \(run.id.text) of “\(run.title)”"
    switch run.status {
    case .completed:
      do throws(TemplateMistake) {
        return .success(try output(call))
      } catch {
        return .failure(
          StepFailure(
            code: "UPSTREAM_ERROR",
            message: "\(title) completed without the output that is wanted: \(error.sentence)"
          )
        )
      }
    case .failed:
      let step = (run.failure?.step?.text).map { " at step “\(graph.step($0)?.name ?? $0)”" } ?? ""
      return .failure(
        StepFailure(
          code: run.failure?.code ?? "UPSTREAM_ERROR",
          message: "\(title) failed\(step): \(run.failure?.message ?? "it does not say why")"
        )
      )
    case .stopped:
      return .failure(
        StepFailure(
          code: RunMachine.stopped,
          message: "\(title) was stopped by \(run.statusBy ?? "somebody")"
        )
      )
    default: return nil
    }
  }

  /// The child's output: an object's fields stand beside `child_run_id`, anything else under `output`.
  private func output(_ call: ChildCall) throws(TemplateMistake) -> JSONValue {
    let output = try wanted(call.outputFrom)
    let child: JSONObject = ["child_run_id": .string(run.id.text)]
    guard let fields = output.object else {
      return .object(child.merging(["output": output]))
    }
    return .object(fields.merging(child))
  }

  /// What `output_from` names: a step, or a path into the child's context; without it what the steps
  /// made that nothing follows.
  private func wanted(_ source: String?) throws(TemplateMistake) -> JSONValue {
    guard let source else {
      let last = graph.steps.filter { graph.dependents(of: $0.id).isEmpty }
      let made = last.compactMap { step in
        steps[step.id]?.result.map { JSONObject.Member(step.id, $0) }
      }
      return made.count == 1 && last.count == 1 ? made[0].value : .object(JSONObject(made))
    }
    if graph.step(source) != nil {
      if let result = steps[source]?.result { return result }
      throw TemplateMistake(.missing, "step “\(source)” has no result")
    }
    let text = source.contains("{{") ? source : "{{\(source)}}"
    return try Template.resolve(.string(text), scope: scope(), step: "", place: "output_from")
  }
}
