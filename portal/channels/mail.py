"""E-mail: one plain text message, with a way to stop it in the header and in the text."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from portal.channels.base import Channel, Message, PermanentTrouble, Reason, TemporaryTrouble
from portal.channels.demo import show

LONGEST_SUBJECT = 60


class Mail:
    """By the mail server in the settings."""

    def send(self, address: str, message: Message, *, key: str, again: bool = False) -> None:
        """The key is the Message-ID: SMTP has nothing better, and most mailboxes show the same ID once."""
        stop = message.facts.get("stop", "")
        host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
        headers = {"Message-ID": f"<{key}@{host}>", "Auto-Submitted": "auto-generated"}
        if stop:
            headers["List-Unsubscribe"] = f"<{settings.PUBLIC_URL}{stop}>"
        mail = EmailMessage(
            one_line(message.facts.get("subject") or message.text), written(message), to=[address], headers=headers
        )
        try:
            mail.send()
        except ValueError:  # a line break in a header, which none of ours has
            raise PermanentTrouble(_("邮件的标题或地址里有换行。"), Reason.ADDRESS) from None
        except Exception as trouble:
            raise _trouble(trouble) from None


def one_line(text: str) -> str:
    """A subject: without line breaks and not too long."""
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_SUBJECT else words[: LONGEST_SUBJECT - 1] + "…"


def written(message: Message) -> str:
    """The body: what happened, where to look, how to stop."""
    parts = [message.text]
    if message.path:
        parts.append(_("打开看看：%s") % (settings.PUBLIC_URL + message.path))
    if stop := message.facts.get("stop"):
        parts.append(_("不想再收这样的邮件：%s") % (settings.PUBLIC_URL + stop))
    return "\n\n".join(parts) + "\n"


def _trouble(trouble: Exception) -> Exception:
    """5xx is final, everything else may pass. A server's words may repeat the address, so only its code is kept."""
    refused = getattr(trouble, "recipients", None)
    codes = [code for code, _words in refused.values()] if isinstance(refused, dict) else []
    code = codes[0] if codes else getattr(trouble, "smtp_code", 0)
    if isinstance(code, int) and 500 <= code < 600:
        reason = Reason.ACCOUNT if code in (530, 534, 535, 538) else Reason.ADDRESS
        return PermanentTrouble(_("邮件服务器没有收下（%s）。") % code, reason)
    return TemporaryTrouble(_("邮件服务器没有应答（%s）。") % (code or type(trouble).__name__), Reason.GATEWAY)


class DemoMail:
    """Shows what would have been sent on the page `/demo/`."""

    def send(self, address: str, message: Message, *, key: str, again: bool = False) -> None:
        shown = Message(written(message), message.template)
        show("邮件", address, shown, key)


def post() -> Channel | None:
    """The way that the settings name; None when the city sends no e-mail."""
    if not settings.MAIL_CHANNEL:
        return None
    chosen: Channel = import_string(settings.MAIL_CHANNEL)()
    return chosen
