# A stand-in for the tool servers that the documented graphs call: it has their tools and answers with
# fields as those graphs read them.
import json
import sys

ORDER = {"id": "5678901234", "name": "#1001", "customer": {"phone": "+4930123456"}}
ANSWERS = {
    "activecampaign_create_contact": lambda a: {"contact": {"id": "17", "email": a["email"]}},
    "add": lambda a: {"result": a["a"] + a["b"]},
    "multiply": lambda a: {"result": a["a"] * a["b"]},
    "text_processor": lambda a: {"processed_text": "DONE"},
    "data_validator": lambda a: {"valid": True},
    "get_customer": lambda a: {"email": a["email"], "tier": "gold"},
    "get_product": lambda a: {"sku": a["sku"], "name": "Widget", "price": 19.9},
    "get_pull_request": lambda a: {"title": "Add a door", "body": "It opens.", "number": a["pull_number"]},
    "list_pull_request_files": lambda a: {"files": [{"filename": "door.txt"}]},
    "get_shopify_order": lambda a: ORDER,
    "postgres_query": lambda a: {"rows": [{"week": "2026-01-26", "order_count": 3}]},
    "postgres_exec": lambda a: {"rows_affected": 1},
}
OTHERS = """
activecampaign_subscribe_or_unsubscribe_contact_from_list add_issue_comment brave_news_search
capture_screenshot clickup_create_task create_document_based_on_template create_event create_issue
create_reddit_post create_task exa_search firestore_query_collection gemini_text_to_image
generate_from_template get_assistant insert_row launch_agent linkedin_create_company_update
list_new_responses mongodb_find mysql_execute_sql neo4j_query_read notion_create_database_item
openai_text_to_image redis_set rss_fetch_items scheduling.book search search_analytics send_email
send_message send_template_message slack_post_message sqlite_query text_to_speech upload_file
wrike_create_task youtube_list_channel_videos_rss
""".split()
TOOLS = [{"name": name, "inputSchema": {"type": "object"}} for name in [*ANSWERS, *OTHERS]]


def answer(method, params):
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "documented", "version": "1"},
        }
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call":
        made = ANSWERS.get(params["name"], lambda a: {"ok": True})(params.get("arguments", {}))
        return {"content": [], "structuredContent": made}
    return {}


for line in sys.stdin:
    message = json.loads(line)
    if "id" in message and "method" in message:
        result = answer(message["method"], message.get("params", {}))
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
