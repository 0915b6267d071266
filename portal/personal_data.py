"""What the portal holds about a person: registered in `config.holdings`, read by the pages of /accounts/data/."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.holdings import DEEDS, NOT_PERSONAL, Holding, Rows, hold
from config.moves import Move
from config.privacy import decrypt
from portal import receipts
from portal.accounts import codes
from portal.models import (
    Attachment,
    Consent,
    DeskDraft,
    Follow,
    Letter,
    Notice,
    Reach,
    Recording,
    Reveal,
    SavedFilter,
    Subscription,
    Suggestion,
    User,
    Verdict,
)
from portal.models.people import ERASED, random_username


def when(at: Any) -> str:
    """A moment as people read it."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


# --- the account --------------------------------------------------------------------------------
def show_account(user: Any) -> Rows:
    emails = [user.email, *user.emailaddress_set.values_list("email", flat=True)]
    return [
        {
            _("显示姓名"): user.display_name or _("没有填"),
            _("手机号"): user.phone or _("没有"),
            _("邮箱"): "、".join(sorted({one for one in emails if one})) or _("没有"),
            _("开户时间"): when(user.date_joined),
            _("上次登录"): when(user.last_login),
            _("两步验证"): _("已设置") if user.authenticator_set.exists() else _("没有"),
        }
    ]


def show_reach(user: Any) -> Rows:
    rows = [
        {_("邮箱"): one.mail or _("没有"), _("微信"): one.openid or _("没有绑定")}
        for one in Reach.objects.filter(user=user)
    ]
    receipts_of = Subscription.objects.filter(suggestion__author=user).select_related("suggestion")
    return rows + [
        {_("建议"): one.suggestion.number, _("怎么告诉您"): one.get_by_display(), _("邮箱"): one.mail or _("没有")}
        for one in receipts_of
    ]


def erase_reach(user: Any) -> None:
    Reach.objects.filter(user=user).delete()


# Rows that belong to an account alone: gone with it.
OWN_ROWS = (
    "emailaddress_set", "authenticator_set", "follows", "notices",
)  # fmt: skip


def erase_account(user: Any) -> None:
    """Leave a row that nobody can be found by: what others did together with this person still counts."""
    from wagtail.models import ModelLogEntry

    for name in OWN_ROWS:
        getattr(user, name).all().delete()
    DeskDraft.objects.filter(clerk=user).delete()
    SavedFilter.objects.filter(owner=user, is_shared=False).delete()
    profile = getattr(user, "wagtail_userprofile", None)
    if profile is not None:
        profile.delete()
    kind = ContentType.objects.get_for_model(User)
    ModelLogEntry.objects.filter(content_type=kind, object_id=str(user.pk)).update(label=ERASED, data={})
    user.groups.clear()
    user.username, user.display_name, user.first_name, user.last_name = random_username(), ERASED, "", ""
    user.email, user.is_active = "", False
    user.set_phone("")
    user.set_unusable_password()
    user.save()


def why_not_account(user: Any) -> str:
    """Staff and people of units hand over first."""
    if user.is_superuser or user.groups.exists():
        return str(_("您的账号还有工作人员角色，请先由系统管理员取消角色、移交工作。"))
    units = [str(one.unit) for one in user.memberships.filter(is_active=True).select_related("unit")]
    if units:
        return str(_("您还是%s的经办人或负责人，请先由改革办停用您在单位的身份、移交手头的件。")) % "、".join(units)
    return ""


# --- suggestions --------------------------------------------------------------------------------
def show_suggestions(user: Any) -> Rows:
    rows = Suggestion.objects.filter(author=user).select_related("area", "topic").order_by("-received_at")
    return [
        {
            _("受理编号"): one.number,
            _("标题"): one.title,
            _("具体地点"): one.place,
            _("遇到了什么不方便"): one.body,
            _("怎样会更好"): one.wish,
            _("姓名"): one.name,
            _("手机号"): one.phone,
            _("署名方式"): one.get_shown_as_display(),
            _("公开"): _("公开") if not one.is_hidden else _("没有公开"),
            _("收到时间"): when(one.received_at),
            _("状态"): one.get_status_display(),
        }
        for one in rows
    ]


def erase_suggestions(user: Any) -> None:
    from portal.erasing import forget_person

    for one in Suggestion.objects.filter(author=user):
        forget_person(one, _("应本人要求删除个人信息"))


def show_desk(user: Any) -> Rows:
    """How a suggestion came to the front desk or by mail. Erased along with the suggestion."""
    calls = Recording.objects.filter(suggestion__author=user).select_related("suggestion")
    letters = Letter.objects.filter(suggestion__author=user).select_related("suggestion")
    return [
        {_("建议"): one.suggestion.number, _("登记时间"): when(one.at), _("来电号码"): one.caller or _("没有")}
        for one in calls
    ] + [
        {_("建议"): one.suggestion.number, _("收到时间"): when(one.received_at), _("发件地址"): one.sender,
         _("发件人"): one.sender_name, _("主题"): one.subject, _("正文"): one.text}
        for one in letters
    ]  # fmt: skip


def show_attachments(user: Any) -> Rows:
    rows = Attachment.objects.filter(suggestion__author=user).select_related("suggestion")
    return [
        {
            _("建议"): one.suggestion.number if one.suggestion else "",
            _("地址"): one.get_absolute_url(),
            _("加入时间"): when(one.added_at),
            _("公开"): _("已公开") if one.is_released else _("没有公开"),
        }
        for one in rows
    ]


def show_consents(user: Any) -> Rows:
    rows = Consent.objects.filter(suggestion__author=user).select_related("suggestion").order_by("-pk")
    return [
        {
            _("建议"): one.suggestion.number,
            _("用途"): one.get_purpose_display(),
            _("您的意思"): _("同意") if one.given else _("撤回"),
            _("方式"): one.get_how_display(),
            _("告知文本版本"): one.text_version,
            _("时间"): when(one.at),
        }
        for one in rows
    ]


def show_verdicts(user: Any) -> Rows:
    rows = Verdict.objects.filter(assignment__suggestion__author=user).select_related("assignment__suggestion")
    return [
        {
            _("建议"): one.assignment.suggestion.number,
            _("评价"): str(one),
            _("想说的话"): one.comment,
            _("时间"): when(one.at),
        }
        for one in rows
    ]


# --- what happened around them --------------------------------------------------------------------
def show_notices(user: Any) -> Rows:
    return [
        {_("渠道"): one.get_channel_display(), _("内容"): one.text, _("时间"): when(one.created_at),
         _("送达"): when(one.sent_at)}
        for one in Notice.objects.filter(user=user).order_by("-pk")
    ]  # fmt: skip


def show_follows(user: Any) -> Rows:
    rows = Follow.objects.filter(user=user).select_related("suggestion").order_by("-pk")
    return [{_("建议"): one.suggestion.number, _("关注日期"): f"{one.since:%Y-%m-%d}"} for one in rows]


def show_reveals(user: Any) -> Rows:
    rows = Reveal.objects.filter(suggestion__author=user).select_related("suggestion").order_by("-pk")
    return [
        {
            _("建议"): one.suggestion.number,
            _("时间"): when(one.at),
            _("谁看的"): one.role,
            _("事由"): f"{one.get_why_display()}：{one.reason}",
            _("看了什么"): one.fields_shown,
        }
        for one in rows
    ]


def sessions_of(user: Any) -> list[Session]:
    """The browsers in which this person is signed in, or holds a receipt of theirs, or waits for a code."""
    own = {str(pk) for pk in Suggestion.objects.filter(author=user).values_list("pk", flat=True)}
    return [session for session in Session.objects.iterator() if _is_of(session.get_decoded(), user, own)]


def _is_of(data: dict[str, Any], user: Any, own: set[str]) -> bool:
    if data.get("_auth_user_id") == str(user.pk) or own & set(data.get(receipts.TRACKED, {})):
        return True
    waiting = [data[use] for use in codes.USES if use in data]
    return any(user.phone and decrypt(one["phone"]) == user.phone for one in waiting)


def show_sessions(user: Any) -> Rows:
    rows = sorted(sessions_of(user), key=lambda one: one.expire_date, reverse=True)
    return [{_("登录状态"): _("一个浏览器"), _("最晚到"): when(one.expire_date)} for one in rows]


def erase_sessions(user: Any) -> None:
    Session.objects.filter(pk__in=[one.pk for one in sessions_of(user)]).delete()


def show_deeds(user: Any) -> Rows:
    """How often this person stands in the records of the work, by table."""
    from django.apps import apps

    rows = []
    models: list[tuple[Any, tuple[str, ...]]] = [
        (model, ("by",)) for model in apps.get_models() if issubclass(model, Move)
    ]
    models += [(apps.get_model(label), fields) for label, fields in DEEDS.items()]
    for model, fields in models:
        count = sum(model._default_manager.filter(**{field: user.pk}).count() for field in fields)
        if count:
            rows.append({_("记录"): str(model._meta.verbose_name), _("条数"): count})
    return rows


def register() -> None:
    """In the order in which they are erased: sessions first, while the account can still be recognised in them."""
    case = gettext_lazy("办结后 2 年删除姓名和手机号；已公开的文字不署名留下。")
    for one in (
        Holding("sessions", gettext_lazy("登录状态"), gettext_lazy("让您不用每次输验证码"), gettext_lazy("退出或 7 天后删除。"),
                ["sessions.Session"], show_sessions, erase_sessions),
        Holding("suggestions", gettext_lazy("我的建议"), gettext_lazy("办理您的建议、答复您"), case,
                ["portal.Suggestion", "portal.HistoricalSuggestion", "portal.SimilarText", "portal.SearchText"],
                show_suggestions, erase_suggestions),
        Holding("desk", gettext_lazy("来电、来信的登记"), gettext_lazy("核对您当时说的、写的"),
                gettext_lazy("随建议在办结后 2 年删除；没有转为建议的来信搁置满 1 年删除。"),
                ["portal.Recording", "portal.Letter"], show_desk),
        Holding("attachments", gettext_lazy("照片等附件"), gettext_lazy("说明建议里的情况"),
                gettext_lazy("没有公开的在办结后 1 年删除。"), ["portal.Attachment", "portal.HistoricalAttachment"], show_attachments),
        Holding("consents", gettext_lazy("授权记录"), gettext_lazy("证明您同意过什么、何时撤回"),
                gettext_lazy("随建议保存；不含姓名和手机号。"), ["portal.Consent"], show_consents),
        Holding("verdicts", gettext_lazy("我的评价"), gettext_lazy("判断办得好不好"),
                gettext_lazy("随建议保存，不写是谁。"), ["portal.Verdict"], show_verdicts),
        Holding("reveals", gettext_lazy("谁看过我的身份"), gettext_lazy("监督工作人员"),
                gettext_lazy("不能改、不能删，保存 3 年以上；不含姓名和手机号。"), ["portal.Reveal"], show_reveals),
        Holding("follows", gettext_lazy("我关注的建议"), gettext_lazy("有进展时告诉您"), gettext_lazy("取消关注就删除。"),
                ["portal.Follow"], show_follows),
        Holding("notices", gettext_lazy("发给我的消息"), gettext_lazy("告诉您进展"),
                gettext_lazy("短信送达 180 天后删除号码和内容，站内消息保存 2 年。"), ["portal.Notice"], show_notices),
        Holding("reach", gettext_lazy("消息怎么收"), gettext_lazy("按您选的方式发消息"), gettext_lazy("解绑、改掉或注销就删除。"),
                ["portal.Reach", "portal.Subscription"], show_reach, erase_reach),
        Holding("deeds", gettext_lazy("我经办的记录"), gettext_lazy("分清谁办了什么"),
                gettext_lazy("工作记录不删，账号注销后不再显示姓名。"), ["portal.Membership"], show_deeds),
        Holding("account", gettext_lazy("账号"), gettext_lazy("登录、一人一票"), gettext_lazy("注销后删除。"),
                ["portal.User", "account.EmailAddress", "account.EmailConfirmation", "mfa.Authenticator",
                 "wagtailusers.UserProfile", "portal.Erasure"], show_account, erase_account, why_not_account),
    ):  # fmt: skip
        hold(one)
    DEEDS.update({
        "portal.DeskDraft": ("clerk",), "portal.Recording": ("by",), "portal.InternalNote": ("by",),
        "portal.NotSame": ("by",), "portal.SavedFilter": ("owner",), "portal.SelfReport": ("drafted_by",),
        "portal.Poster": ("made_by",), "portal.PaperBatch": ("opened_by",),
        "portal.PaperSheet": ("keyed_by",),
        "portal.ImportBatch": ("by",), "portal.Decision": ("proposed_by", "decided_by"), "portal.Reveal": ("by",),
        "portal.Consent": ("by",), "portal.Suggestion": ("recorded_by", "handler"), "portal.Attachment": ("added_by",),
    })  # fmt: skip
    for label in ("Area", "Unit", "HistoricalUnit", "Topic", "Workday"):
        NOT_PERSONAL[f"portal.{label}"] = "names of places, units and days"
    NOT_PERSONAL["portal.Upload"] = "keyed digests of a browser and a network, swept after a day"
    NOT_PERSONAL["portal.DeputyPaper"] = "an official number; who it was stands with the suggestion"
