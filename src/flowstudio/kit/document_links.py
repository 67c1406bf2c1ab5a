"""Links to documents: signed, and good for 30 days."""

from __future__ import annotations

import hashlib
import hmac

from flowstudio.kit.context import RunContext

SECRET = "document_links"  # noqa: S105  the name of the secret
"""The secret that signs links; a test run has none, its links are not signed."""
_LIFETIME = 30 * 24 * 3600


def document_link(document_id: str, ctx: RunContext) -> str:
    """Return the absolute address of a document, signed where there is a secret to sign with."""
    address = f"{str(ctx.settings.get('base_url') or '').rstrip('/')}/documents/{document_id}"
    secret = ctx.secrets.get(SECRET)
    if ctx.test or not secret or not document_id:
        return address
    expires = int(ctx.now().timestamp()) + _LIFETIME
    return f"{address}?expires={expires}&signature={link_signature(secret, ctx.workspace, document_id, expires)}"


def link_signature(secret: str, workspace: str, document_id: str, expires: int) -> str:
    """Return the signature of a link that is good until `expires` (seconds since 1970)."""
    signed = f"{workspace}|{document_id}|{expires}"
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


def link_is_ours(secret: str, workspace: str, document_id: str, expires: int, signature: str) -> bool:
    """Say whether a link was signed by us; whether it is still good is told by its `expires` alone."""
    expected = link_signature(secret, workspace, document_id, expires)
    return hmac.compare_digest(expected.encode(), signature.encode())
