"""What monitors and units type: visit notes, problems, disputes, recusals, answers."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.forms import HintedRadioSelect, MultipleFileField, MultipleFileInput
from monitors.models import Monitor, Problem, VisitPhoto
from projects.models import Project

MAX_PHOTOS = 9
KIND_HINTS = {
    Problem.Kind.FIRST: _("该开始的没开始：方案、审批、资金迟迟不到位。"),
    Problem.Kind.MIDDLE: _("开始了推不动：部门之间不接手、不配合。"),
    Problem.Kind.LAST: _("做了群众用不上：没人管、不会用、够不着。"),
    Problem.Kind.OTHER: _("都不是，下面写清楚就行。"),
}


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class NoteForm(forms.Form):
    """What a monitor saw at one project of a visit. `client_key` makes a repeated sending one note."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("看到了什么"), max_length=2000, widget=_area(6),
        help_text=_("照实写：做到了什么，哪里还不行，旁边的群众怎么说。小结公布后公开，不署您的名字和编号。"),
        error_messages={"required": _("请写一写看到了什么。")},
    )  # fmt: skip
    photos = MultipleFileField(
        label=_("照片"), required=False,
        widget=MultipleFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic,.heic,.heif",
                                        "data-photos": ""}),
        help_text=_("最多 9 张。定位信息会自动去掉；尽量不拍路人正脸和车牌。"),
    )  # fmt: skip

    @classmethod
    def opening(cls) -> NoteForm:
        return cls(initial={"client_key": uuid.uuid4()})

    def tokens(self) -> list[str]:
        """The uploaded photos that the form carries; what is not a token is left out."""
        sent = self.data.getlist("photo_tokens") if hasattr(self.data, "getlist") else []
        return [token for token in sent[:MAX_PHOTOS] if _is_uuid(token)]

    def uploaded(self, user: Any) -> list[VisitPhoto]:
        """The person's own photos that wait for this form, in its order."""
        tokens = [uuid.UUID(token) for token in self.tokens()]
        found = {photo.token: photo for photo in VisitPhoto.objects.filter(note=None, added_by=user, token__in=tokens)}
        return [found[token] for token in tokens if token in found]


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


class ProblemForm(forms.Form):
    """What is wrong with a project."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    project = forms.ModelChoiceField(
        Project.objects.none(), label=_("哪个项目"), to_field_name="number", empty_label=_("请选一个项目"),
        error_messages={"required": _("请选一个项目。"), "invalid_choice": _("没有这个项目，请重新选。")},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("卡在哪里"), choices=Problem.Kind, widget=HintedRadioSelect(hints={str(kind): hint for kind, hint in KIND_HINTS.items()}),
        error_messages={"required": _("请选卡在哪里，说不准就选“其他”。")},
    )  # fmt: skip
    text = forms.CharField(
        label=_("问题是什么"), max_length=2000, widget=_area(5),
        help_text=_("什么时候、在哪儿、看到了什么。核对后转给责任单位，单位看不到是谁反映的。"),
        error_messages={"required": _("请写清问题是什么。")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = open_projects()  # type: ignore[attr-defined]
        self.fields["project"].label_from_instance = lambda one: f"{one.title}（{one.number}）"  # type: ignore[attr-defined]


def open_projects() -> Any:
    """Projects about which a problem may be raised: public, and not dropped."""
    gone = (Project.Status.CANCELLED, Project.Status.CARRIED_OVER)
    return Project.objects.public().exclude(status__in=gone).order_by("-year", "number")


class DisputeForm(forms.Form):
    reason = forms.CharField(
        label=_("哪里还没有解决"), max_length=1000, widget=_area(4),
        help_text=_("责任单位会看到，要再答复一次。异议只能提一次。"),
        error_messages={"required": _("请写明哪里还没有解决。")},
    )  # fmt: skip


class RecusalForm(forms.Form):
    reason = forms.CharField(
        label=_("为什么回避"), max_length=200, widget=_area(3),
        help_text=_("例如：项目施工单位是亲属开的。只有改革办和纪检看得到，登记后不能撤回。"),
        error_messages={"required": _("请写一句理由。")},
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The unit's answer to a problem; it becomes public."""

    answer = forms.CharField(
        label=_("答复"), max_length=3000, widget=_area(7),
        help_text=_("写清三件事：情况是否属实，怎么改，什么时候改好。答复会公开，并请监督员确认。"),
        error_messages={"required": _("请写答复。")},
    )  # fmt: skip


def fresh_key() -> dict[str, Any]:
    """Initial values of a form that must be stored once."""
    return {"client_key": uuid.uuid4()}


def monitor_label(monitor: Monitor) -> str:
    """How the office's lists name a monitor."""
    return f"{monitor.number} {monitor.user}"
