import JSON
import Runs

/// Executes `llm_call` steps: one request to an OpenAI-compatible endpoint, streamed.
///
/// An endpoint that does not stream is taken at its whole answer. Giving the step up closes the
/// connection, which is all the cancelling there is in this protocol.
struct LLMExecutor: StepExecutor {
  let providers: LLMProviders
  let outward: Outward
  let clock: RuntimeClock

  func execute(
    _ call: StepCall,
    note: @escaping @Sendable (StepNote) -> Void
  ) async throws(StepFailure) -> JSONValue {
    let choice = try providers.choice(
      model: call.parameters["model"]?.string,
      reference: call.parameters["model_ref"]?.string,
      credential: call.parameters["llm_credential_id"]?.string
    )
    if let trouble = choice.provider.keyTrouble {
      throw StepFailure(
        code: "LLM_REQUEST_FAILED",
        message: "[llm.\(choice.provider.name)] has no key: \(trouble)"
      )
    }
    let request = try ChatRequest(call.parameters, model: choice.model)
    let began = clock.now()
    for streamed in [true, false] {
      let spent = max(.zero, clock.now() - began)
      var exchange = ChatExchange(
        choice: choice,
        outward: outward,
        clock: clock,
        timeout: call.step.timeoutDuration.map { max(.milliseconds(1), $0 - spent) }
      )
      switch await exchange.perform(request.body(streamed: streamed), note: note) {
      case .unstreamed where streamed: continue
      case .unstreamed(let failure), .failed(let failure): throw failure
      case .answered(let answer):
        return [
          "model": .string(answer.model ?? choice.model),
          // What was asked for has the price; endpoints answer with names of their own.
          "requested_model": .string(choice.model), "text": .string(answer.text),
          "tokens_in": .int(answer.tokensIn ?? 0), "tokens_out": .int(answer.tokensOut ?? 0),
          "latency_ms": .int(max(0, Int((clock.now() - began) / .milliseconds(1)))),
        ]
      }
    }
    throw StepFailure(code: "LLM_REQUEST_FAILED", message: "the model was not asked")
  }
}
