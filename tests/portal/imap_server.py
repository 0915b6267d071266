"""The city's mail server, as much of it as a mailbox needs: IMAP4rev1 over plain sockets, one thread per client."""

from __future__ import annotations

import re
import socketserver
import threading
from typing import Any


class Mailbox(socketserver.ThreadingTCPServer):
    """`mails`: uid → bytes. `break_after`: how many bytes of whole mails may be sent before the line goes dead."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Client)
        self.mails: dict[int, bytes] = {}
        self.sizes: dict[int, int] = {}
        self.validity = 7
        self.seen: set[int] = set()
        self.commands: list[str] = []
        self.break_after: int | None = None
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def put(self, raw: bytes, *, size: int = 0) -> int:
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = raw
        if size:
            self.sizes[uid] = size
        return uid

    def number_anew(self) -> None:
        """As servers do after a restore: other numbers, another UIDVALIDITY."""
        self.validity += 1
        self.mails = {uid + 100: raw for uid, raw in self.mails.items()}


class _Client(socketserver.StreamRequestHandler):
    server: Mailbox

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _space, rest = line.partition(" ")
            self.server.commands.append(rest)
            words = rest.upper().split()
            if words[0] == "UID":
                if not self.uid(rest.split(" ", 2)[1].upper(), rest.split(" ", 2)[2]):
                    return
            elif words[0] == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1")
            elif words[0] in ("SELECT", "EXAMINE"):
                self.say(f"* {len(self.server.mails)} EXISTS")
            elif words[0] == "STATUS":
                self.say(f'* STATUS "INBOX" (UIDVALIDITY {self.server.validity})')
            elif words[0] == "LOGOUT":
                self.say("* BYE")
            self.say(f"{tag} OK done")

    def uid(self, verb: str, rest: str) -> bool:
        if verb == "SEARCH":
            self.say("* SEARCH " + " ".join(str(uid) for uid in sorted(self.server.mails)))
            return True
        uid = int(rest.split()[0])
        if verb == "STORE":
            self.server.seen.add(uid)
            return True
        return self.fetch(uid, rest)

    def fetch(self, uid: int, rest: str) -> bool:
        raw: Any = self.server.mails[uid]
        size = self.server.sizes.get(uid, len(raw))
        if "HEADER" in rest:
            raw = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0] + b"\r\n\r\n"
        part = "BODY[HEADER]" if "HEADER" in rest else "BODY[]"
        self.wfile.write(f"* 1 FETCH (UID {uid} RFC822.SIZE {size} {part} {{{len(raw)}}}\r\n".encode())
        left = self.server.break_after
        if left is not None and part == "BODY[]":
            self.server.break_after = max(0, left - len(raw))
            if left < len(raw):
                self.wfile.write(raw[:left])
                self.server.break_after = None
                return False
        self.wfile.write(raw + b")\r\n")
        return True
