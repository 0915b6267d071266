"""What the public types: a suggestion, a look-up, a verdict, filters, a name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from config.forms import HintedRadioSelect, LineField, MultipleFileField, MultipleFileInput
from config.privacy import normal_phone
from portal.models import Area, Poster, Suggestion, Topic, Verdict
from portal.models.public_text import TEXTS

MIN_FILL_SECONDS = 3
_OPENED = signing.TimestampSigner(salt="portal.suggest.opened")

SHOWN_AS_HINTS = {
    "anonymous": _("别人只看到“匿名”。"),
    "surname": _("别人看到“王**”这样的姓氏。"),
    "name": _("别人看到您的全名。"),
}
NAME_WANTED = _("您选了署名，请填姓名；不想填就改选“匿名”。")
PHONE_WANTED = _("请填 11 位手机号；不想留就空着。")
# A phone is passed round in a family, and a town hall has one screen for all: who somebody is must not greet the next
# person from a draft. Name and phone survive a reload, and are gone with the tab; `draft.js` keeps to it.
OF_THIS_TAB = {"data-draft-tab": ""}
Choices = list[tuple[str, Any]]


def opened_now() -> str:
    """The signed moment at which a form was opened; only its signature's time matters."""
    return _OPENED.sign("form")


def filled_too_fast(opened: str) -> bool:
    """Whether a form came back sooner than a person can type, or with a moment that is not ours."""
    try:
        _OPENED.unsign(opened)
        _OPENED.unsign(opened, max_age=MIN_FILL_SECONDS)
    except signing.SignatureExpired:
        return False
    except signing.BadSignature:
        return True
    return True


def area_choices(areas: Iterable[Area]) -> tuple[Choices, Choices]:
    """(the city and its counties, the townships in a group per county), by code."""
    areas = list(areas)
    names = {area.pk: area.name for area in areas}
    wide: Choices = [("", _("请选择"))]
    groups: dict[int, tuple[str, Choices]] = {}
    for area in areas:
        if area.level == Area.Level.CITY:
            wide.append((area.code, _("%s（全市）") % area.name))
        elif area.level == Area.Level.COUNTY:
            wide.append((area.code, area.name))
        elif area.level == Area.Level.TOWNSHIP and area.parent_id in names:
            groups.setdefault(area.parent_id, (names[area.parent_id], []))[1].append((area.code, area.name))
    return wide, [("", _("不清楚或不用细分")), *groups.values()]


class SuggestForm(forms.Form):
    """A suggestion from the public. Photos travel beside it, see `portal.pending`; the trap is asked by the view."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    opened = forms.CharField(widget=forms.HiddenInput, required=False)
    channel = forms.CharField(widget=forms.HiddenInput, required=False)
    poster = forms.CharField(widget=forms.HiddenInput, required=False)

    topic = forms.ModelChoiceField(
        Topic.objects.none(), label=_("属于哪一类"), required=False, to_field_name="slug", widget=forms.RadioSelect,
        empty_label=_("说不准"), blank=True, error_messages={"invalid_choice": _("请从列出的类别里选一个。")},
    )  # fmt: skip
    county = forms.ChoiceField(
        label=_("在哪个县（市、区）"), widget=forms.Select(attrs={"data-county": ""}),
        error_messages={"required": _("请选一个县（市、区）。")},
    )  # fmt: skip
    township = forms.ChoiceField(
        label=_("乡镇、街道"), required=False, widget=forms.Select(attrs={"data-township": ""})
    )
    place = LineField(
        label=_("具体地点"), max_length=120, required=False,
        help_text=_("例如：人民医院东门路口。会公开，请不要写自家门牌号。"),
    )  # fmt: skip
    title = LineField(
        label=_("一句话说清是什么事"), max_length=60, help_text=_("例如：人民医院门口晚上没处停车。"),
        error_messages={"required": _("请用一句话写明是什么事。")},
    )  # fmt: skip
    body = forms.CharField(
        label=_("遇到了什么不方便"), max_length=3000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("在哪儿、什么事、多久了，照平时说话写就行。"),
        error_messages={"required": _("请写一写遇到了什么不方便。")},
    )  # fmt: skip
    wish = forms.CharField(
        label=_("您觉得怎样会更好"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("有想法就写，没有可以空着。"),
    )  # fmt: skip
    photos = MultipleFileField(
        label=_("照片"), required=False,
        widget=MultipleFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic,.heic,.heif",
                                        "data-photos": ""}),
        help_text=_("最多 9 张，每张不超过 20 MB。照片里的定位信息会自动去掉；公开前由工作人员看一遍。"),
    )  # fmt: skip
    shown_as = forms.ChoiceField(
        label=_("公开时怎么署名"), choices=Suggestion.ShownAs, initial=Suggestion.ShownAs.ANONYMOUS,
        widget=HintedRadioSelect(hints=SHOWN_AS_HINTS),
    )  # fmt: skip
    name = LineField(
        label=_("您的姓名"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "data-needed-unless": "shown_as=anonymous",
                                      "data-required": NAME_WANTED, **OF_THIS_TAB}),
        help_text=_("只有工作人员看得到；署名选“匿名”时可以不填。"),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("手机号"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel-national", "data-phone": PHONE_WANTED,
                                      **OF_THIS_TAB}),
        help_text=_("留了手机号，有进展会发短信告诉您。号码加密保存，不公开，也不给责任单位。"),
    )  # fmt: skip
    is_public = forms.BooleanField(
        label=_("同意公开展示这条建议"), required=False, initial=True,
        help_text=_("公开后大家可以看到、可以附议。不勾选，就只有工作人员看得到。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = Topic.objects.all()  # type: ignore[attr-defined]
        self.areas = {area.code: area for area in Area.objects.all()}
        wide, narrow = area_choices(self.areas.values())
        self.fields["county"].choices, self.fields["township"].choices = wide, narrow  # type: ignore[attr-defined]
        for name in ("title", "body", "county"):  # what `steps.js` says of an empty one, in the words used here
            self.fields[name].widget.attrs["data-required"] = self.fields[name].error_messages["required"]

    @classmethod
    def opening(cls, query: Any) -> SuggestForm:
        """An empty form with a fresh key, filled in as far as the address says, or the poster that it names."""
        form = cls(initial={"submission_key": uuid.uuid4(), "opened": opened_now()})
        asked = {name: query[name][:120] for name in ("place", "topic", "channel", "area") if query.get(name)}
        if poster := Poster.objects.of_code(query.get("poster", "")):
            known = poster.fills_in()
            asked = (known if "elsewhere" not in query else {key: known[key] for key in ("poster", "channel")}) | asked
        form.initial = {**form.initial, **asked}
        area = form.areas.get(asked.get("area", ""))
        if area and area.level == Area.Level.TOWNSHIP:
            form.initial = {**form.initial, "county": form.county_of(area.code), "township": area.code}
        elif area:
            form.initial = {**form.initial, "county": area.code}
        return form

    def county_of(self, township: str) -> str:
        """The code of the county that a township belongs to."""
        parent = self.areas[township].parent_id
        return next(code for code, area in self.areas.items() if area.pk == parent)

    @property
    def poster_place(self) -> str:
        """Where the poster hangs that led here, as long as the form still says that place; else ""."""
        poster = Poster.objects.of_code(self["poster"].value() or "")
        code = self["township"].value() or self["county"].value() or ""
        if (
            poster is None
            or (poster.area and poster.area.code != code)
            or poster.place != (self["place"].value() or "")
        ):
            return ""
        return poster.full_place

    def personal(self) -> list[str]:
        """Of which kinds personal data stands in what was typed, in words: it will be masked, and nothing is refused."""
        # No more than a field takes: a longer one is refused, and need not be looked through first.
        texts = {name: self.data.get(name, "")[: self.fields[name].max_length] for name in TEXTS}  # type: ignore[attr-defined]
        return Suggestion(**texts, name=self.data.get("name", ""), shown_as=self.data.get("shown_as", "")).found_kinds()

    def clean_channel(self) -> str:
        """扫码 when the form was opened from a QR code; everything else is 网站."""
        return Suggestion.Channel.QR if self.cleaned_data["channel"] == "qr" else Suggestion.Channel.WEB

    def clean_poster(self) -> Poster | None:
        """The poster that was scanned. A code that is none is nobody's fault, and nothing is refused for it."""
        poster = Poster.objects.of_code(self.cleaned_data["poster"])
        return poster if poster and poster.campaign.is_collecting() else None

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not normal_phone(phone):
            raise forms.ValidationError(PHONE_WANTED)
        return normal_phone(phone)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("shown_as") not in (None, Suggestion.ShownAs.ANONYMOUS) and not data.get("name"):
            self.add_error("name", NAME_WANTED)
        township = data.get("township")
        if township and data.get("county") and data["county"] != self.county_of(township):
            self.add_error("township", _("这个乡镇、街道不在您选的县（市、区），请重新选一个。"))
        return data

    def facts(self) -> dict[str, Any]:
        """Field values for `Suggestion.objects.receive`."""
        data = self.cleaned_data
        area = self.areas[data["township"] or data["county"]]
        same = (
            "topic",
            "place",
            "title",
            "body",
            "wish",
            "channel",
            "poster",
            "name",
            "phone",
            "shown_as",
            "is_public",
        )
        return {name: data[name] for name in same} | {"area": area, "submission_key": str(data["submission_key"])}

    def draft(self) -> Suggestion:
        """What was typed as a suggestion that is not recorded: to show how it would be."""
        return Suggestion(**self.facts())

    def typed(self) -> list[tuple[Any, str]]:
        """What the person wrote, as (label, text): to copy when the form cannot be taken any more."""
        names = ("title", "place", "body", "wish")
        return [(self.fields[name].label, text) for name in names if (text := self.data.get(name, "").strip())]


class TrackForm(forms.Form):
    """Number and receipt code. Wrong values of either kind get the same answer."""

    number = forms.CharField(
        label=_("受理编号"), max_length=40, help_text=_("形如 WJ2026-000123。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("请填回执上的受理编号。")},
    )  # fmt: skip
    code = forms.CharField(
        label=_("查询码"), max_length=40, help_text=_("回执上的 10 位字母和数字，大小写都行，横线可以不填。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("请填回执上的查询码。")},
    )  # fmt: skip


class VerdictForm(forms.Form):
    """The author's word on the matter and on the answer; `may_reopen` when it has not been worked on again before."""

    result = forms.ChoiceField(
        label=_("事情解决了吗"), choices=Verdict.Result, widget=forms.RadioSelect,
        error_messages={"required": _("请在已解决、部分解决、未解决里选一个。")},
    )  # fmt: skip
    level = forms.ChoiceField(
        label=_("您对答复满意吗"), choices=Verdict.Level, widget=forms.RadioSelect,
        error_messages={"required": _("请在满意、基本满意、不满意里选一个。")},
    )  # fmt: skip
    comment = forms.CharField(
        label=_("想说的话"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("只有工作人员和责任单位看得到。"),
    )  # fmt: skip
    reopen = forms.BooleanField(
        label=_("要求重新办理"), required=False,
        help_text=_("选“未解决”或“不满意”的可以要求，只能一次。请在上面写明哪里没有办好。"),
    )  # fmt: skip

    def __init__(self, *args: Any, may_reopen: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_reopen:
            del self.fields["reopen"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        answered = data.get("level") and data.get("result")
        if answered and data.get("reopen") and not Verdict(level=data["level"], result=data["result"]).is_discontent:
            self.add_error("reopen", _("选“未解决”或“不满意”，才能要求重新办理。"))
        if data.get("reopen") and not data.get("comment", "").strip():
            self.add_error("comment", _("请写明哪里没有办好，责任单位好对着改。"))
        return data


class ReopenForm(forms.Form):
    """The wish of an author who has judged already to have it worked on again."""

    reason = forms.CharField(
        label=_("哪里没有办好"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("只有工作人员和责任单位看得到。"),
        error_messages={"required": _("请写明哪里没有办好，责任单位好对着改。")},
    )  # fmt: skip


class NameForm(forms.Form):
    """The name that an account shows."""

    display_name = LineField(
        label=_("显示姓名"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("工作人员联系您时用的称呼；不会因此公开。"),
    )  # fmt: skip
