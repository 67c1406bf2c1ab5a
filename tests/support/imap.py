"""A real mailbox on loopback: as much of IMAP4rev1 as reading mail takes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class ImapServer:
    """Holds mails by their UID, and notes who signed in."""

    user: str = "ada"
    password: str = "secret"
    validity: int = 7
    mails: list[EmailMessage | bytes] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    """What clients said after they had signed in."""
    drop_at: str = ""
    """A command at whose beginning the connection breaks off, once."""
    port: int = 0

    def url(self, host: str = "127.0.0.1", folder: str = "INBOX", password: str | None = None) -> str:
        return f"imap://{self.user}:{password or self.password}@{host}:{self.port}/{folder}"

    def put(self, subject: str, text: str = "Hello", sender: str = "bo@x.example") -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, "ada@x.example", subject
        mail.set_content(text)
        self.mails.append(mail)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls.append("connected")
        writer.write(b"* OK IMAP4rev1 ready\r\n")
        try:
            while line := (await reader.readline()).decode("latin-1").rstrip("\r\n"):
                tag, _, command = line.partition(" ")
                self.commands.append(command.split(" ")[0] if command.startswith("LOGIN") else command)
                if self.drop_at and command.startswith(self.drop_at):
                    self.drop_at = ""
                    break
                writer.write(self._answer(command) + f"{tag} {self._said(command)}\r\n".encode())
                await writer.drain()
                if command.upper().startswith("LOGOUT"):
                    break
        except ConnectionError:
            pass
        finally:
            writer.close()

    def _said(self, command: str) -> str:
        if command.upper().startswith("LOGIN"):
            signed_in = command.split(" ", 1)[1].replace('"', "") == f"{self.user} {self.password}"
            self.calls.append("signed in" if signed_in else "refused")
            return "OK welcome" if signed_in else "NO wrong"
        if command.upper().startswith(("EXAMINE", "SELECT")) and "INBOX" not in command:
            return "NO there is no such folder"
        return "OK done"

    def _answer(self, command: str) -> bytes:
        word = command.upper()
        if word.startswith("CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n"
        if word.startswith(("EXAMINE", "SELECT")):
            return f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n".encode()
        if found := re.match(r"UID SEARCH UID (\d+):\*", word):
            # By the standard `n:*` holds the last mail, however small its number.
            uids = [uid for uid in range(1, len(self.mails) + 1) if uid >= int(found[1])] or [len(self.mails)]
            return f"* SEARCH {' '.join(str(uid) for uid in uids if uid)}\r\n".encode()
        if found := re.match(r"UID FETCH (\d+)", word):
            mail = self.mails[int(found[1]) - 1]
            raw = mail if isinstance(mail, bytes) else mail.as_bytes().replace(b"\n", b"\r\n")
            if part := re.search(r"<0\.(\d+)>", word):
                raw = raw[: int(part[1])]
            return f"* {found[1]} FETCH (UID {found[1]} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
        if word.startswith("LOGOUT"):
            return b"* BYE\r\n"
        return b""


@asynccontextmanager
async def imap_server() -> AsyncIterator[ImapServer]:
    """Serve IMAP on a free port of 127.0.0.1, on the running loop."""
    found = ImapServer()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        await server.wait_closed()
