"""A person at a browser, for scripts that walk through the site.

Opens pages, reads the forms that stand on them, fills in named fields, presses a button and reads what comes back. It
sends what a browser without scripts would send: hidden fields with the CSRF token, what was selected and ticked before,
the pressed button. A field, a choice or a button that is not on the page is an error, so a script breaks as soon as
the screens no longer fit it. A refusal by the site is raised with the sentences that the page shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.conf import settings
from django.test import Client

from home.real.page import ERROR_CLASSES, Form, Reading, read

SUSPICIOUS = (*ERROR_CLASSES, 'class="error', 'class="warning')


class Refused(Exception):
    """The site said no; `str()` of it are the sentences on the page."""

    def __init__(self, page: Page) -> None:
        super().__init__("；".join(page.errors) or f"{page.status} {page.url}")
        self.page = page


class NotOnPage(LookupError):
    """What the script looks for is not on the page."""


class Page:
    """What came back: `url` is where the person ended up, `text` what they read."""

    def __init__(self, url: str, status: int, html: str, went: Iterable[str] = ()) -> None:
        self.url, self.status, self.html, self.went = url, status, html, list(went)

    @cached_property
    def _reading(self) -> Reading:
        return read(self.html)

    @property
    def text(self) -> str:
        return self._reading.text

    @property
    def forms(self) -> list[Form]:
        return self._reading.forms

    @property
    def links(self) -> list[tuple[str, str]]:
        """Text and address of each link, in order."""
        return self._reading.links

    @property
    def errors(self) -> list[str]:
        """The sentences by which the page refuses something; reading a page without any costs next to nothing."""
        return self._reading.errors if any(mark in self.html for mark in SUSPICIOUS) else []

    def says(self, *texts: str) -> bool:
        """Whether a reader finds every one of the texts."""
        return all(text in self.text for text in texts)

    def link(self, text: str) -> str:
        """The address behind the first link that holds the text."""
        for shown, address in self.links:
            if text in shown:
                return address
        raise NotOnPage(f"{self.url} 上没有“{text}”这个链接")

    def form(self, names: Iterable[str] = (), *, press: str = "", action: str = "") -> Form:
        """The first form with these fields and this button, that leads to an address with `action` in it."""
        wanted = set(names)
        for form in self.forms:
            fits = wanted <= form.names and action in (form.action or self.url)
            if fits and (not press or form.button(press)):
                return form
        raise NotOnPage(f"{self.url} 上没有这样的表单：{sorted(wanted)} {press} {action}（{'；'.join(self.errors)}）")


class Browser:
    """One browser with its own cookies. `address` is where it comes from, as rate limits see it."""

    def __init__(self, address: str = "127.0.0.1", **headers: Any) -> None:
        self._client = Client(enforce_csrf_checks=True, REMOTE_ADDR=address, SERVER_NAME="127.0.0.1", **headers)
        self.page = Page("", 0, "")

    def open(self, address: str, *, check: bool = True) -> Page:
        """Go to an address of the site, also one with a host in it. Raises `Refused` when the answer is an error,
        unless told not to `check`; what a page warns of is no refusal."""
        parts = urlsplit(urljoin(self.page.url or "/", address))
        page = self._show(self._client.get(parts._replace(scheme="", netloc="").geturl(), follow=True))
        if check and page.status >= 400:
            raise Refused(page)
        return page

    def follow(self, text: str) -> Page:
        """Press a link."""
        return self.open(self.page.link(text))

    def submit(
        self,
        values: Mapping[str, Any] | None = None,
        *,
        press: str = "",
        action: str = "",
        added: Mapping[str, Any] | None = None,
        check: bool = True,
    ) -> Page:
        """Fill in the form of this page that has the fields of `values`, and press its button.

        A value is what the field holds, or for a choice its label; a list for several; None empties. `added` are
        fields that only a script would put there, such as further rows. Raises `Refused`, unless told not to `check`.
        """
        values = values or {}
        form = self.page.form(values, press=press, action=action)
        data = form.filled(values, press)
        for name, value in (added or {}).items():
            data[name] = [value]
        target = form.target(press) or self.page.url
        page = self._show(self._send(form, urljoin(self.page.url, target), data))
        if check and (page.status >= 400 or page.errors):
            raise Refused(page)
        return page

    def send(self, address: str, data: Mapping[str, Any] | None = None) -> Page:
        """POST past the forms of the page, as somebody with tools could: with a valid token, and without a check."""
        token = self._client.cookies[settings.CSRF_COOKIE_NAME].value
        return self._show(self._client.post(address, {"csrfmiddlewaretoken": token} | dict(data or {}), follow=True))

    def _send(self, form: Form, url: str, data: dict[str, list[Any]]) -> Any:
        if form.method == "get":
            query = urlencode(data, doseq=True)
            return self._client.get(f"{url.partition('?')[0]}?{query}", follow=True)
        if form.has_files:
            sent = {name: found for name, found in data.items() if found}
            return self._client.post(url, sent, follow=True)
        kind = "application/x-www-form-urlencoded"
        return self._client.post(url, urlencode(data, doseq=True), content_type=kind, follow=True)

    def _show(self, response: Any) -> Page:
        request = response.request
        path = request["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        url = path + (f"?{request['QUERY_STRING']}" if request.get("QUERY_STRING") else "")
        body = b"".join(response.streaming_content) if response.streaming else response.content
        html = body.decode("utf-8", "replace")
        went = [address for address, _status in getattr(response, "redirect_chain", [])]
        self.page = Page(url, response.status_code, html, went)
        return self.page
