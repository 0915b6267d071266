"""The providers outside, played by a local server: it checks signatures, times and nonces as they do, and can be told
to misbehave. Written from the providers' rules, not with the product's code."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from portal.channels import wire

KEY_ID, SECRET, SIGN = "LTAI-test", "a-secret-of-the-test", "微台"
APP_ID, APP_SECRET, BEARER = "wx-test", "app-secret-of-the-test", "bearer-of-the-test"
# What was approved: the variables of each template.
SMS_TEMPLATES = {
    "SMS_CODE": {"code"},
    "SMS_OWN": {"number", "state"},
    "SMS_GROUP": {"count", "state", "number", "subject"},
}
WECHAT_TEMPLATES = {"tpl-own": {"character_string1", "thing2"}, "tpl-group": {"thing1"}}
LONGEST = {"thing": 20, "character_string": 32}


class Providers:
    """What they know and what they have sent. `misbehave` is a list of faults for the next calls: a status, "garbage",
    "hang", or "lost" (done, but the answer never arrives)."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.misbehave: list[Any] = []
        self.calls: list[str] = []
        self.refused: list[str] = []
        self.http: Counter[str] = Counter()  # key → messages of the city's own gateway
        self.sms: list[dict[str, str]] = []
        self.nonces: set[str] = set()
        self.wechat: dict[tuple[str, str], dict[str, Any]] = {}
        self.not_following: set[str] = set()
        self.token, self.tokens_given, self.codes = "", 0, {"good-code": "openid-of-citizen"}
        self.answer_with: int | None = None  # an errcode of WeChat's, or None
        self.ahead = timedelta()  # how far their clock is ahead of ours
        self.sms_code = ""  # a code of Aliyun's, or ""

    # --- the city's own gateway, which knows keys ------------------------------------------------
    def post_gateway(self, handler: Any, body: bytes) -> tuple[int, Any]:
        if handler.headers["Authorization"] != f"Bearer {BEARER}":
            return 401, {}
        self.http[json.loads(body)["key"]] += 1
        return 200, {}

    # --- Aliyun -----------------------------------------------------------------------------------
    def post_aliyun(self, handler: Any, body: bytes) -> tuple[int, Any]:
        if fault := self._signature_fault(handler, body):
            self.refused.append(fault)
            return 400, {"Code": fault}
        asked = dict(parse_qsl(urlsplit(handler.path).query, keep_blank_values=True))
        action = handler.headers["x-acs-action"]
        if self.sms_code:
            return 200, {"Code": self.sms_code, "Message": "refused for " + asked["PhoneNumbers"]}
        return 200, self._send_sms(asked) if action == "SendSms" else self._details(asked)

    def _signature_fault(self, handler: Any, body: bytes) -> str:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        parts = dict(part.split("=", 1) for part in rest.split(","))
        names = parts["SignedHeaders"].split(";")
        needed = {
            "host",
            "x-acs-action",
            "x-acs-version",
            "x-acs-date",
            "x-acs-signature-nonce",
            "x-acs-content-sha256",
        }
        if scheme != "ACS3-HMAC-SHA256" or parts["Credential"] != KEY_ID or not needed <= set(names):
            return "IncompleteSignature"
        asked_at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs(datetime.now(UTC) + self.ahead - asked_at) > timedelta(minutes=15):
            return "InvalidTimeStamp.Expired"
        digest = hashlib.sha256(body).hexdigest()
        query = sorted(parse_qsl(urlsplit(handler.path).query, keep_blank_values=True))
        line = "&".join(quote(name, safe="~") + "=" + quote(value, safe="~") for name, value in query)
        signed = "".join(name + ":" + headers[name] + "\n" for name in sorted(names))
        whole = "\n".join((handler.command, urlsplit(handler.path).path, line, signed, ";".join(sorted(names)), digest))
        expected = hmac.new(
            SECRET.encode(), f"ACS3-HMAC-SHA256\n{hashlib.sha256(whole.encode()).hexdigest()}".encode(), "sha256"
        )
        if headers["x-acs-content-sha256"] != digest or not hmac.compare_digest(
            expected.hexdigest(), parts["Signature"]
        ):
            return "SignatureDoesNotMatch"
        if headers["x-acs-signature-nonce"] in self.nonces:
            return "SignatureNonceUsed"
        self.nonces.add(headers["x-acs-signature-nonce"])
        return ""

    def _send_sms(self, asked: dict[str, str]) -> dict[str, Any]:
        facts = json.loads(asked["TemplateParam"])
        if asked["SignName"] != SIGN:
            return {"Code": "isv.SMS_SIGNATURE_ILLEGAL"}
        if asked["TemplateCode"] not in SMS_TEMPLATES:
            return {"Code": "isv.SMS_TEMPLATE_ILLEGAL"}
        if not SMS_TEMPLATES[asked["TemplateCode"]] >= set(facts) or any(len(value) > 35 for value in facts.values()):
            return {"Code": "isv.INVALID_PARAMETERS"}
        if len(asked["PhoneNumbers"]) != 11:
            return {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}
        self.sms.append(asked | {"facts": facts})  # as often as it is asked: this provider knows no keys
        return {"Code": "OK", "BizId": str(len(self.sms))}

    def _details(self, asked: dict[str, str]) -> dict[str, Any]:
        same = [row for row in self.sms if row["PhoneNumbers"] == asked["PhoneNumber"]]
        return {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": [{"OutId": row["OutId"]} for row in same]}}

    # --- WeChat -----------------------------------------------------------------------------------
    def post_stable_token(self, handler: Any, body: bytes) -> tuple[int, Any]:
        asked = json.loads(body)
        if (asked["appid"], asked["secret"]) != (APP_ID, APP_SECRET):
            return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}
        if asked["force_refresh"] or not self.token:
            self.tokens_given += 1
            self.token = f"token-{self.tokens_given}"
        return 200, {"access_token": self.token, "expires_in": 7200}

    def post_template(self, handler: Any, body: bytes) -> tuple[int, Any]:
        token = dict(parse_qsl(urlsplit(handler.path).query)).get("access_token")
        asked = json.loads(body)
        if token != self.token:
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}
        if self.answer_with is not None:
            return 200, {"errcode": self.answer_with, "errmsg": f"no: {asked['touser']}"}
        if asked["touser"] in self.not_following:
            return 200, {"errcode": 43004, "errmsg": "require subscribe"}
        fields = asked["data"]
        if WECHAT_TEMPLATES.get(asked["template_id"]) != set(fields):
            return 200, {"errcode": 47003, "errmsg": "argument invalid"}
        if any(len(value["value"]) > LONGEST[name.rstrip("0123456789")] for name, value in fields.items()):
            return 200, {"errcode": 47003, "errmsg": "argument invalid"}
        self.wechat.setdefault((asked["touser"], asked["client_msg_id"]), asked)
        return 200, {"errcode": 0, "errmsg": "ok", "msgid": len(self.wechat)}

    def get_oauth(self, handler: Any, body: bytes) -> tuple[int, Any]:
        asked = dict(parse_qsl(urlsplit(handler.path).query))
        if (asked["appid"], asked["secret"]) != (APP_ID, APP_SECRET):
            return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}
        openid = self.codes.pop(asked["code"], None)
        return 200, {"openid": openid, "scope": "snsapi_base"} if openid else {
            "errcode": 40029,
            "errmsg": "invalid code",
        }


ROUTES = {
    "/gateway": "post_gateway", "/aliyun/": "post_aliyun", "/": "post_aliyun", "/cgi-bin/stable_token": "post_stable_token",
    "/cgi-bin/message/template/send": "post_template", "/sns/oauth2/access_token": "get_oauth",
}  # fmt: skip


def serve() -> tuple[Providers, ThreadingHTTPServer]:
    """The providers behind a server on a free port; shut it down when done."""
    world = Providers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = urlsplit(self.path).path
            with world.lock:
                world.calls.append(path)
                fault = world.misbehave.pop(0) if world.misbehave else None
            if isinstance(fault, int):
                return self._answer(fault, b"{}")
            if fault == "garbage":
                return self._answer(200, b"<html>login to the wifi</html>")
            if fault == "hang":
                time.sleep(1)
                return None
            with world.lock:
                status, found = getattr(world, ROUTES[path])(self, body)
            if fault == "lost":
                self.close_connection = True
                return self.connection.close()
            return self._answer(status, json.dumps(found).encode())

        do_GET = do_POST

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

        def handle(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return world, server


@pytest.fixture
def world(settings: Any, monkeypatch: Any) -> Any:
    """The providers, and settings that lead to them."""
    played, server = serve()
    base = f"http://127.0.0.1:{server.server_port}"
    settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN = f"{base}/gateway", BEARER
    settings.ALIYUN_SMS_URL, settings.ALIYUN_KEY_ID, settings.ALIYUN_KEY_SECRET = (
        base,
        KEY_ID,
        SECRET,
    )
    settings.SMS_SIGN_NAME = SIGN
    settings.SMS_TEMPLATES = {"own": "SMS_OWN", "code": "SMS_CODE", "group": "SMS_GROUP"}
    settings.WECHAT_URL, settings.WECHAT_APP_ID, settings.WECHAT_APP_SECRET = (
        base,
        APP_ID,
        APP_SECRET,
    )
    settings.WECHAT_TEMPLATES = {
        "own": {"id": "tpl-own", "data": {"character_string1": "number", "thing2": "state"}},
        "group": {"id": "tpl-group", "data": {"thing1": "state"}},
    }
    monkeypatch.setattr(wire, "SECONDS", 0.3)
    yield played
    server.shutdown()
    server.server_close()
