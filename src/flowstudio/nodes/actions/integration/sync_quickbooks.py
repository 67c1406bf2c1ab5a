"""Push a record to QuickBooks."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Literal

import orjson
from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.domain.record import visible
from flowstudio.expressions import as_number
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.ports import HttpRequest
from flowstudio.kit.records import fresh
from flowstudio.kit.words import capital, expression_words, spaced

Kind = Literal["invoice", "payment", "bill", "credit_memo", "customer", "vendor", "journal_entry"]
_PATHS = {"credit_memo": "creditmemo", "journal_entry": "journalentry"}
_NUMBER = {"invoice": "DocNumber", "bill": "DocNumber", "credit_memo": "DocNumber", "payment": "PaymentRefNum"}
_LONGEST_NUMBER = 21


class SyncQuickbooksConfig(Config):
    """Which record, as what."""

    object: Kind = setting(label="As", help="What it becomes in QuickBooks.", example="invoice")
    record: dict[str, Any] = setting(label="Record", widget="record", reading="expression", example="{{invoice}}")
    credential: str | None = setting(None, label="Connection", widget="credential", advanced=True)


class SyncQuickbooksOutput(Output):
    """What QuickBooks said."""

    external_id: str | None = Field(description="The id in QuickBooks.", examples=["145"])
    status: str = Field(description="synced.", examples=["synced"])


class SyncQuickbooks(Action):
    """Puts a record into QuickBooks as an invoice, a payment, a bill or the like.

    The same record as it is gets the same request id, so that a repeat changes nothing.
    """

    key = "sync_quickbooks"
    title = "Sync to QuickBooks"
    icon = "building-bank"
    aliases = ("Sync to QuickBooks", "syncQuickbooks")
    synonyms = ("accounting", "invoice", "books", "intuit")
    effect = "sends"
    idempotent = True
    connector = "quickbooks"
    Config: ClassVar[type[Config]] = SyncQuickbooksConfig
    Output = SyncQuickbooksOutput
    main = "*"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        if not config.get("record"):
            return "No record yet"
        return f"{capital(expression_words(str(config['record'])))} as {spaced(str(config.get('object') or 'invoice'))}"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `put the invoice into QuickBooks`."""
        return f"put the {expression_words(str(config.get('record') or 'record'))} into QuickBooks"

    async def run(self, config: SyncQuickbooksConfig, ctx: RunContext) -> JsonObject:
        """Send the record."""
        record = await fresh(config.record, ctx)
        request = build_sync(config, record)
        response = await ctx.http.request(request)
        target = f"{config.object} {record.get('number') or record['id']}"
        ctx.call("sync_quickbooks", target, method="POST", body=orjson.loads(request.body or b"{}"))
        return {"external_id": _external_id(response.body), "status": "synced"}

    def preview(self, config: SyncQuickbooksConfig) -> Preview:
        return Preview(f"Would put 1 {spaced(config.object)} into QuickBooks", {"calls": 1})


def build_sync(config: SyncQuickbooksConfig, record: JsonObject) -> HttpRequest:
    """Return the request. Its id is made of the record and what is in it: the same again changes nothing."""
    body = orjson.dumps(_object(config.object, record))
    marked = orjson.dumps([config.object, visible(record)], option=orjson.OPT_SORT_KEYS).decode()
    return HttpRequest(
        "POST",
        f"/{_PATHS.get(config.object, config.object)}",
        {"Content-Type": "application/json"},
        query={"requestid": str(uuid.uuid5(uuid.NAMESPACE_URL, marked))},
        body=body,
        guarded=False,
        service="quickbooks",
        credential=config.credential,
    )


def _object(kind: str, record: JsonObject) -> JsonObject:
    number = str(record.get("number") or record.get("id"))[:_LONGEST_NUMBER]
    amount = as_number(record.get("amount")) or 0
    note = f"FlowStudio {record.get('id')}"
    if kind in ("customer", "vendor"):
        found: JsonObject = {"DisplayName": str(record.get("name") or record.get("id")), "Notes": note}
        return found | ({"PrimaryEmailAddr": {"Address": record["email"]}} if record.get("email") else {})
    found = {"PrivateNote": note}
    if kind in _NUMBER:
        found[_NUMBER[kind]] = number
    if kind == "payment":
        return found | {"TotalAmt": amount, "CustomerRef": {"value": str(record.get("customer_id") or "")}}
    if kind == "journal_entry":
        sides = [("Debit", "debit_account"), ("Credit", "credit_account")]
        return found | {"Line": [_entry(amount, side, str(record.get(name) or "")) for side, name in sides]}
    if kind == "bill":
        detail = {"DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": {}}
        found["VendorRef"] = {"value": str(record.get("vendor_id") or "")}
    else:
        detail = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
        found["CustomerRef"] = {"value": str(record.get("customer_id") or "")}
    found["Line"] = [{"Amount": amount, **detail}]
    return found | ({"DueDate": str(record["due_date"])[:10]} if record.get("due_date") else {})


def _entry(amount: float, side: str, account: str) -> JsonObject:
    detail = {"PostingType": side, "AccountRef": {"value": account}}
    return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


def _external_id(body: Any) -> str | None:
    if not isinstance(body, dict):
        return None
    return next((str(value["Id"]) for value in body.values() if isinstance(value, dict) and value.get("Id")), None)
