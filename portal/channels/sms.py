"""SMS: the city's own HTTP gateway or the demo's page; Aliyun's is in `aliyun.py`."""

from __future__ import annotations

import json

from django.conf import settings
from django.utils.module_loading import import_string

from portal.channels import wire
from portal.channels.base import Channel, Message, PermanentTrouble, Reason
from portal.channels.demo import show


class HttpGateway:
    """A gateway that takes JSON by POST: {phone, text, key}, with a bearer token. Any 2xx answer is acceptance; it
    sends the same key once."""

    def send(self, address: str, message: Message, *, key: str, again: bool = False) -> None:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}"}
        body = json.dumps({"phone": address, "text": message.text, "key": key}).encode()
        status, _answer = wire.request(settings.SMS_GATEWAY_URL, body=body, headers=headers)
        if status in (401, 403):
            raise PermanentTrouble(f"网关不认我们的令牌（{status}）。", Reason.ACCOUNT)
        if not 200 <= status < 300:
            raise PermanentTrouble(f"网关没有收下（{status}）。", Reason.ADDRESS)


class DemoGateway:
    """Shows what would have been sent on the page `/demo/`."""

    def send(self, address: str, message: Message, *, key: str, again: bool = False) -> None:
        show("短信", address, message, key)


def gateway() -> Channel:
    """The gateway that the settings name."""
    chosen: Channel = import_string(settings.SMS_BACKEND)()
    return chosen
