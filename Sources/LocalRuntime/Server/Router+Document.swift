extension Router {
  /// What this API is like; asked without a token, as it tells nothing of what is kept here.
  func document(_ request: Request) -> Answer {
    let isKnown = Validators.matches(request.ifNoneMatch, OpenAPIDocument.tag)
    var answer = isKnown ? Answer(304, text: "") : Answer(200, text: OpenAPIDocument.text)
    answer.headers["ETag"] = OpenAPIDocument.tag
    if !isKnown {
      answer.headers["Content-Type"] = "application/yaml"
      answer.headers["Cache-Control"] = "no-cache"
    }
    return answer
  }
}
