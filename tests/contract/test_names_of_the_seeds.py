"""Every action that the product's descriptions name exists, under each of its names, and a document with it imports."""

from __future__ import annotations

import json

import pytest

import flowstudio.nodes
from flowstudio.interchange import read_document
from flowstudio.kit import Registry

REGISTRY = Registry.of(flowstudio.nodes)
NAMES = {
    # business words of the first descriptions
    "Send Email": "send_email", "Send SMS": "send_sms", "Send Slack Message": "send_slack_message",
    "Send Push Notification": "send_push_notification", "Create In-App Notification": "create_in_app_notification",
    "Create Record": "create_record", "Create Invoice": "create_record", "Create Customer": "create_record",
    "Create Project": "create_record", "Create Ticket": "create_ticket", "Update Record": "update_record",
    "Delete Record": "delete_record", "Calculate Value": "calculate_value", "Transform Data": "transform_data",
    "Call External API": "http_request", "Webhook support": "send_webhook", "External webhooks": "send_webhook",
    "Team notifications": "notify_team", "In-app notifications": "create_in_app_notification",
    "Custom scripts": "run_script", "API integrations": "http_request", "Create task": "create_task",
    "Send notification": "send_notification", "Draft communication": "draft_communication",
    "Create ticket": "create_ticket", "Update client": "update_client", "Add alert": "add_alert",
    "Stop Workflow": "stop_workflow", "Sync to QuickBooks": "sync_quickbooks", "Charge via Stripe": "charge_stripe",
    "Create Zapier Event": "create_zapier_event", "AUTOMATION_EMAIL": "send_email",
    "AUTOMATION_WEBHOOK": "send_webhook", "ticketActions.updateStatus": "update_ticket_status",
    "ticketActions.assignTicket": "assign_ticket", "ticketActions.updatePriority": "update_ticket_priority",
    # the names of programs
    "query": "query_records", "createEntity": "create_record", "updateEntity": "update_record",
    "deleteEntity": "delete_record", "bulkUpdate": "bulk_update", "bulkCreate": "bulk_create",
    "calculateLeadScore": "calculate_lead_score", "enrichCompanyData": "enrich_company_data",
    "assignLead": "assign_lead", "createDealFromLead": "create_deal_from_lead", "sendEmail": "send_email",
    "createEmailCampaign": "create_email_campaign", "trackEmailEvent": "track_email_event",
    "categorizeTicket": "categorize_ticket", "determineTicketPriority": "determine_ticket_priority",
    "findAvailableAgent": "find_available_agent", "findTicketsAtSLARisk": "find_tickets_at_sla_risk",
    "findDuplicateTickets": "find_duplicate_tickets", "generateDocument": "generate_document",
    "searchKnowledgeBase": "search_knowledge_base", "createApprovalRequest": "create_approval_request",
    "processApprovalDecision": "process_approval_decision", "sendPushNotification": "send_push_notification",
    "sendSMS": "send_sms", "scheduleWorkflow": "schedule_workflow", "sendCalendarInvite": "send_calendar_invite",
    "checkBudgetUtilization": "check_budget_utilization", "updateStatus": "update_ticket_status",
    "assignTicket": "assign_ticket", "updatePriority": "update_ticket_priority", "createTask": "create_task",
    "sendNotification": "send_notification", "draftCommunication": "draft_communication",
    "createTicket": "create_ticket", "updateClient": "update_client", "addAlert": "add_alert",
    "create_alert": "add_alert", "httpRequest": "http_request", "transformData": "transform_data",
    "customAction": "run_script", "custom_script": "run_script", "create_task": "create_task",
    "send_email": "send_email", "create_ticket": "create_ticket", "update_client": "update_client",
}  # fmt: skip


@pytest.mark.parametrize(("name", "key"), NAMES.items(), ids=list(NAMES))
def test_a_document_with_the_name_imports_as_the_action(name: str, key: str) -> None:
    node = {"id": "one", "name": "One", "type": "action", "action": name, "config": {}}
    document = {
        "id": "wf_one", "name": "One", "trigger": {"type": "manual"}, "nodes": [node],
        "edges": [{"from": "trigger", "to": "one"}],
    }  # fmt: skip
    result = read_document(json.loads(json.dumps(document)), REGISTRY)
    assert result.workflow is not None, result.problems
    found = REGISTRY.get(result.workflow.nodes[0].key)
    assert found is REGISTRY.get(f"action.{key}")
    assert not [one for one in result.problems if one.code == "unknown_node_type"]
