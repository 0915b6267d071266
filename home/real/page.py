"""Reading a page the way a browser without scripts does: its text, its links, its forms with what they would send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Attrs = dict[str, str]
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905
UNSEEN = frozenset({"script", "style", "template", "svg", "head"})
ERROR_CLASSES = frozenset({"field-error", "error-summary", "notice-error", "error-message", "help-critical"})
SILENT_INPUTS = frozenset({"submit", "button", "image", "reset", "file"})


@dataclass
class Option:
    """One choice of a select, radio group or set of checkboxes."""

    value: str
    label: str
    chosen: bool


@dataclass
class Control:
    """One named field; `options` for choices, `value` for what is typed."""

    name: str
    kind: str
    value: str = ""
    options: list[Option] = field(default_factory=list)

    def sent(self) -> list[str]:
        """What it sends when nobody touches it."""
        if self.kind == "select" and self.options and not any(option.chosen for option in self.options):
            return [self.options[0].value]
        if self.kind in ("select", "choice", "several"):
            return [option.value for option in self.options if option.chosen]
        return [] if self.kind == "file" else [self.value]

    def answer(self, value: Any) -> list[Any]:
        """What it sends when somebody gives it this value. Raises `LookupError` for a choice that it does not have."""
        if isinstance(value, bool):  # a single checkbox
            return [self.options[0].value] if value else []
        given = value if isinstance(value, list | tuple) else [] if value is None else [value]
        if self.kind == "file":
            return list(given)
        if self.kind in ("select", "choice", "several"):
            return [self._choice(str(one)) for one in given]
        return [str(one) for one in given] or [""]

    def _choice(self, wanted: str) -> str:
        for option in self.options:
            if wanted == option.value or wanted == option.label:
                return option.value
        shown = "、".join(option.label or option.value for option in self.options[:12])
        raise LookupError(f"“{self.name}”没有“{wanted}”这个选项，有：{shown}")


@dataclass
class Button:
    text: str
    name: str
    value: str
    action: str


@dataclass
class Form:
    """One form of a page, with the controls that belong to it wherever they stand."""

    action: str
    method: str
    has_files: bool
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return set(self.controls)

    def __getitem__(self, name: str) -> str:
        """The value that a field holds now."""
        return (self.controls[name].sent() or [""])[0]

    def button(self, text: str) -> Button | None:
        return next((button for button in self.buttons if text in button.text), None)

    def target(self, press: str = "") -> str:
        """Where it goes when that button is pressed."""
        button = self.button(press) if press else None
        return (button.action if button else "") or self.action

    def filled(self, values: Mapping[str, Any], press: str = "") -> dict[str, list[Any]]:
        """Every field's name with what it sends; the pressed button's too."""
        data = {
            name: control.answer(values[name]) if name in values else control.sent()
            for name, control in self.controls.items()
        }
        button = self.button(press) if press else (self.buttons[0] if self.buttons else None)
        if button and button.name:
            data[button.name] = [button.value]
        return {name: sent for name, sent in data.items() if sent}


@dataclass
class Reading:
    text: str
    forms: list[Form]
    links: list[tuple[str, str]]
    errors: list[str]


def read(html: str) -> Reading:
    """What stands on the page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Reading(_squeeze("".join(reader.words)), reader.all_forms(), reader.links, reader.errors)


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@dataclass
class _Open:
    """An element that has begun; `begins` is where its text does."""

    tag: str
    attrs: Attrs
    begins: int


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.errors: list[str] = []
        self._open: list[_Open] = []
        self._forms: list[tuple[str, Form]] = []
        self._elsewhere: list[tuple[str, Control]] = []
        self._buttons_elsewhere: list[tuple[str, Button]] = []
        self._select: tuple[Control, str] | None = None
        self._labels: list[tuple[_Open, list[Option]]] = []
        self._raw = 0  # depth inside what nobody sees

    # --- elements -------------------------------------------------------------------------------
    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in found}
        if self._raw or tag in UNSEEN:
            self._raw += tag in UNSEEN
            return
        opened = _Open(tag, attrs, len(self.words))
        if tag not in VOID:
            self._open.append(opened)
        if tag == "form":
            method, kind = attrs.get("method", "get").lower(), attrs.get("enctype", "")
            self._forms.append((attrs.get("id", ""), Form(attrs.get("action", ""), method, "multipart" in kind)))
        elif tag == "label":
            self._labels.append((opened, []))
        elif tag == "input":
            self._input(attrs)
        elif tag == "select":
            self._select = (Control(attrs.get("name", ""), "select"), "multiple" if "multiple" in attrs else "")
        elif tag in ("p", "li", "div", "td", "th", "tr", "dt", "dd", "h1", "h2", "h3", "br", "option", "label"):
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._raw:
            self._raw -= tag in UNSEEN
            return
        if not any(opened.tag == tag for opened in self._open):
            return
        while self._open:
            opened = self._open.pop()
            self._close(opened)
            if opened.tag == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._raw:
            self.words.append(data)

    def _close(self, opened: _Open) -> None:
        text = "".join(self.words[opened.begins :])
        attrs, classes = opened.attrs, set(opened.attrs.get("class", "").split())
        if classes & ERROR_CLASSES or (opened.tag == "li" and classes & {"error", "warning"}):
            self._error(_squeeze(text))
        match opened.tag:
            case "a" if "href" in attrs:
                self.links.append((_squeeze(text), attrs["href"]))
            case "option" if self._select:
                value = attrs.get("value", _squeeze(text))
                self._select[0].options.append(Option(value, _squeeze(text), "selected" in attrs))
            case "select" if self._select:
                control, several = self._select
                control.kind, self._select = ("several" if several else "select"), None
                self._place(control, attrs)
            case "textarea":
                first_line_break = re.compile(r"^\r?\n")  # the parser of a browser drops it
                self._place(Control(attrs.get("name", ""), "text", first_line_break.sub("", text)), attrs)
            case "button":
                self._button(_squeeze(text), attrs)
            case "label":
                _label, options = self._labels.pop()
                for option in options:
                    option.label = _squeeze(text)

    def _error(self, text: str) -> None:
        if text and not any(text in known for known in self.errors):
            self.errors = [known for known in self.errors if known not in text] + [text]

    # --- fields ---------------------------------------------------------------------------------
    def _input(self, attrs: Attrs) -> None:
        kind, name = attrs.get("type", "text").lower(), attrs.get("name", "")
        if kind in ("submit", "button"):
            self._button(attrs.get("value", ""), attrs)
        elif kind in ("radio", "checkbox"):
            option = Option(attrs.get("value", "on"), attrs.get("aria-label", ""), "checked" in attrs)
            if self._labels:
                self._labels[-1][1].append(option)
            self._place(Control(name, "choice", options=[option]), attrs)
        elif kind == "file" or kind not in SILENT_INPUTS:
            self._place(Control(name, "file" if kind == "file" else "text", attrs.get("value", "")), attrs)

    def _place(self, control: Control, attrs: Attrs) -> None:
        """Into its form: the one that it names, else the one around it."""
        if not control.name or "disabled" in attrs:
            return
        if "form" in attrs:
            self._elsewhere.append((attrs["form"], control))
        elif any(opened.tag == "form" for opened in self._open):
            _add(self._forms[-1][1], control)

    def _button(self, text: str, attrs: Attrs) -> None:
        if attrs.get("type", "submit") != "submit" or "disabled" in attrs:
            return
        button = Button(text, attrs.get("name", ""), attrs.get("value", ""), attrs.get("formaction", ""))
        if "form" in attrs:
            self._buttons_elsewhere.append((attrs["form"], button))
        elif any(opened.tag == "form" for opened in self._open):
            self._forms[-1][1].buttons.append(button)

    def all_forms(self) -> list[Form]:
        named = {name: form for name, form in self._forms if name}
        for name, control in self._elsewhere:
            if name in named:
                _add(named[name], control)
        for name, button in self._buttons_elsewhere:
            if name in named:
                named[name].buttons.append(button)
        return [form for _name, form in self._forms]


def _add(form: Form, control: Control) -> None:
    """A radio group and a set of checkboxes are one control; of two text fields of one name both are sent."""
    known = form.controls.setdefault(control.name, control)
    if known is control:
        return
    if known.kind == "text":
        known.kind, known.options = "several", [Option(known.value, "", True)]
    known.options += control.options or [Option(control.value, "", True)]
