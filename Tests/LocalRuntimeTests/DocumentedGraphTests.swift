import JSON
import Testing

@testable import LocalRuntime

/// Graphs of the shapes that the product's documentation shows are taken as they are.
@Suite struct DocumentedGraphTests {
  private static let surroundings = GraphSurroundings(
    servers: KnownServers(
      names: ["tools"],
      tools: ["tools": ["sum", "scale", "lookup_item", "lookup_buyer", "send_note", "find_slots"]]
    )
  )

  private static let graphs: [(name: String, text: String)] = [
    (
      "a chain of tools that names no server, with the members of another place",
      """
      {"tenant_id":"elsewhere","workflow_id":"00000000-0000-4000-8000-000000000001",
       "params":{"user":"u1"},"steps":[
        {"id":"step-1","type":"mcp_call","name":"Sum","tool_name":"sum","tool_args":{"a":2,"b":3},
         "timeout_s":10},
        {"id":"step-2a","type":"mcp_call","name":"Twice","tool_name":"scale","timeout_s":10,
         "tool_args":{"a":"{{steps.step-1.result.result}}","by":2},"depends_on":["step-1"]},
        {"id":"step-2b","type":"mcp_call","name":"Slot","tool_name":"find_slots","retry_count":2,
         "tool_args":{"at":"{{steps.step-1.result.slots[0].id}}","of":{"x":["{{input.user}}"]}},
         "depends_on":["step-1"],"enabled":true},
        {"id":"step-3","type":"mcp_call","name":"Tell","tool_name":"send_note",
         "tool_args":{"text":"Got {{steps.step-2a.result.result}} of {{steps.step-2b.result}}"},
         "depends_on":["step-2a","step-2b"]}]}
      """
    ),
    (
      "a script between two lookups and a model",
      """
      {"steps":[
        {"id":"fetch-item","type":"mcp_call","name":"Item","tool_name":"lookup_item",
         "tool_args":{"sku":"{{input.sku}}"}},
        {"id":"fetch-buyer","type":"mcp_call","name":"Buyer","tool_name":"lookup_buyer",
         "tool_args":{"mail":"{{input.mail}}"}},
        {"id":"price","type":"lua_script","name":"Price","timeout_s":5,
         "depends_on":["fetch-item","fetch-buyer"],
         "script":"local item = steps.fetch_item.result\\nreturn { total = item.price * 2 }"},
        {"id":"line","type":"llm_call","name":"Line","model":"small-model",
         "prompt":"One line for {{steps.price.result.total}}","depends_on":["price"]}]}
      """
    ),
    (
      "a loop over what a model lists",
      """
      {"steps":[
        {"id":"list-them","type":"llm_call","name":"List","model":"small-model","timeout_s":60,
         "prompt":"Return JSON only: {\\"items\\": [1]}"},
        {"id":"do-each","type":"for_each","name":"Each","depends_on":["list-them"],"timeout_s":120,
         "for_each_items":"{{steps.list-them.result.items}}","for_each_max_parallel":10,
         "for_each_body_steps":[{"id":"one","type":"lua_script","name":"One","timeout_s":5,
           "script":"return { index = index, label = tostring(item) }"}]}]}
      """
    ),
    (
      "a loop that goes on until it is good",
      """
      {"steps":[{"id":"refine","type":"while","name":"Refine","while_mode":"until",
        "while_max_iterations":5,"while_condition":"{{body.score.result.pass}}","while_body_steps":[
          {"id":"draft","type":"lua_script","script":"return { text = string.rep('x', 40) }"},
          {"id":"score","type":"lua_script","depends_on":["draft"],
           "script":"return { pass = #body.draft.text >= 90 }"}]}]}
      """
    ),
    (
      "two loops, read when they are done, with a script as test",
      """
      {"name":"envelope","description":"ignored","example_trigger_payload":{"a":1},"steps":[
        {"id":"seed","type":"lua_script","script":"return { items = {1, 2} }"},
        {"id":"each","type":"for_each","depends_on":["seed"],
         "for_each_items":"{{steps.seed.result.items}}","for_each_body_steps":[
          {"id":"twice","type":"lua_script","script":"return { value = item * 2 }"},
          {"id":"use","type":"lua_script","depends_on":["twice"],
           "script":"return { value = body.twice.value }"}]},
        {"id":"pages","type":"while","depends_on":["each"],"while_mode":"until",
         "while_max_iterations":3,"while_eval_script":"return { pass = body.page.count >= 2 }",
         "while_body_steps":[{"id":"page","type":"lua_script",
           "script":"local p = (loop.prev and loop.prev.page) or {}\\nreturn { count = (p.count or 0) + 1 }"}]},
        {"id":"end","type":"lua_script","depends_on":["pages"],
         "script":"return { count = steps.pages.result.last.page.count }"}]}
      """
    ),
    (
      "an approval before something is sent",
      """
      {"steps":[
        {"id":"check","type":"lua_script","name":"Check",
         "script":"if not input.order_id then error('order_id required') end\\nreturn { id = input.order_id }"},
        {"id":"approve-send","type":"human_task","name":"Approve","task_type":"approval",
         "task_payload":{"title":"Review","description":"To {{input.recipient}}",
           "draft":"{{steps.check.result.id}}"},"depends_on":["check"],"timeout_s":86400},
        {"id":"send","type":"mcp_call","name":"Send","tool_name":"send_note","retry_count":3,
         "condition":"{{steps.approve-send.result.approved}}","depends_on":["approve-send"],
         "tool_args":{"text":"{{steps.approve-send.result.text | steps.check.result.id}}"}},
        {"id":"note-each","type":"for_each","depends_on":["send"],"for_each_max_parallel":5,
         "for_each_items":"{{steps.check.result.people}}","for_each_error_policy":"continue_on_error",
         "for_each_body_steps":[{"id":"note","type":"mcp_call","tool_name":"send_note","timeout_s":30,
           "tool_args":{"to":"{{foreach.item.phone}}","text":"{{steps.check.result.id}}"}}]}]}
      """
    ),
    (
      "a called workflow with defaults and what is left out",
      """
      {"steps":[
        {"id":"state","type":"lua_script","script":"return { row = {} }"},
        {"id":"child","type":"workflow_call","depends_on":["state"],"workflow_id":"REPLACE_CHILD_X",
         "output_from":"last","input":{"after":"{{input.after | \\"2026/01/01\\"}}",
           "query":"{{input.query | omit}}","seconds":"{{input.seconds | 120}}",
           "token":"{{input.token | steps.state.result.row.token | omit}}"}}]}
      """
    ),
  ]

  @Test(arguments: graphs.map(\.name))
  func `a graph of a documented shape is sound`(name: String) throws {
    let text = try #require(Self.graphs.first { $0.name == name }?.text)
    let graph = try JSONValue(parsing: text)
    let report = GraphValidation.check(graph, in: Self.surroundings)
    #expect(report.issues == [])
    #expect(try WorkflowGraph(graph) == report.graph)
  }
}
