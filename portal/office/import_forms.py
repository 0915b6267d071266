"""What is asked before a spreadsheet is brought in: where it is from, and which column is what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.importing import FIELD_NAMES, NEEDED, Glance
from portal.models import Campaign, Suggestion

OPTIONAL = ("title",)  # where it is missing the first line of the body stands in
HELP = {
    "reference": gettext_lazy("原平台给每条留言的编号；同一来源里编号相同的只导入一次。"),
    "name": gettext_lazy("加密保存，不公开。"),
    "title": gettext_lazy("表里没有标题时，用内容的第一行。"),
    "votes_for": gettext_lazy("单独标明，不与本平台的附议相加。"),
    "reply": gettext_lazy("有答复的留言导入后就是“已答复”。"),
    "label": gettext_lazy("与本平台领域同名的直接对上，其余由初审人员选。"),
}


def sources() -> list[str]:
    """The platforms that messages came from so far."""
    rows = Suggestion.objects.exclude(source="").order_by("source").values_list("source", flat=True)
    return list(rows.distinct())


class NewForm(forms.Form):
    """The spreadsheet, where it is from, and where it belongs."""

    source = forms.ChoiceField(label=gettext_lazy("来源平台"), required=False)
    new_source = forms.CharField(
        label=gettext_lazy("新来源的名称"), required=False, max_length=60,
        help_text=gettext_lazy("例如：市长信箱。下次再导入同一来源的表，就从上面选它。"),
    )  # fmt: skip
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=gettext_lazy("归入哪年的征集"), empty_label=None,
        error_messages={"required": gettext_lazy("还没有公告的年度征集，请先建立并发布公告。")},
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("表格"), widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=gettext_lazy("xlsx 格式，不超过 50 MB；第一行是列名，一行一条留言。"),
        error_messages={
            "required": gettext_lazy("请选一份 xlsx 表格。"),
            "empty": gettext_lazy("这份文件是空的，请重新选一份 xlsx 表格。"),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaigns = Campaign.objects.public()
        self.fields["campaign"].queryset = campaigns  # type: ignore[attr-defined]
        self.fields["campaign"].initial = campaigns.current()
        known = sources()
        if known:
            choices = [("", _("新的来源，名称写在下面")), *((name, name) for name in known)]
            self.fields["source"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["source"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen, written = data.get("source", ""), data.get("new_source", "").strip()
        if chosen and written and chosen != written:
            self.add_error("new_source", _("上面已选“%s”。要用新名称，请把上面改成“新的来源”。") % chosen)
        elif not chosen and not written:
            self.add_error("new_source", _("请写这份表来自哪里。"))
        data["source"] = chosen or written
        return data


class ColumnsForm(forms.Form):
    """For each field of ours the column that holds it."""

    def __init__(self, *args: Any, glance: Glance, chosen: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.glance = glance
        heads = [(head, head) for head in dict.fromkeys(glance.head) if head]
        for field in FIELD_NAMES:
            needed = field in NEEDED and field not in OPTIONAL
            empty = ("", _("请选一列") if needed else _("不用"))
            self.fields[field] = forms.ChoiceField(
                choices=[empty, *heads], label=FIELD_NAMES[field], required=needed, initial=chosen.get(field, ""),
                help_text=HELP.get(field, ""), error_messages={"required": _("请选一列，没有它不能导入。")},
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        used: dict[str, str] = {}
        for field, head in list(data.items()):
            if head and head in used:
                text = _("“%(head)s”已用作%(field)s，一列只能用一次。")
                self.add_error(field, text % {"head": head, "field": FIELD_NAMES[used[head]]})
            used.setdefault(head, field)
        return data

    def lines(self) -> list[dict[str, Any]]:
        """Each field with the first cells of the column that is chosen for it."""
        shown = []
        for bound in self:
            head = bound.value() or ""
            cells = self.samples_of(head) if head in self.glance.head else []
            shown.append({"field": bound, "head": head, "cells": cells})
        return shown

    def samples_of(self, head: str) -> list[str]:
        position = self.glance.head.index(head)
        return [row[position] for row in self.glance.samples if position < len(row) and row[position]]
