"""Demo people: one for each role, and what a visitor should know before stepping into their shoes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config import roles
from portal.models import Membership, Unit, User

DEMO_UNIT = "housing"


@dataclass(frozen=True)
class DemoRole:
    """`key` is the last part of the address; `symbol` an icon of the sprite."""

    key: str
    name: str
    title: Any
    does: Any
    leads_to: Any
    symbol: str
    phone: str = ""
    group: str = ""
    membership: str = ""

    @property
    def username(self) -> str:
        return f"demo-{self.key}"


DEMO_ROLES = (
    DemoRole("citizen", "演示市民", _("市民"), _("提建议、附议、看自己的建议办到哪一步、评价答复。"), _("“我的”页面"),
             "user", phone="13900000001"),
    DemoRole("clerk", "演示经办人", _("责任单位经办人"), _("答复转来的建议，填台账、季报和结题报告。"),
             _("单位工作台"), "edit", phone="13900000002", membership=Membership.Role.CLERK),
    DemoRole("leader", "演示单位负责人", _("责任单位负责人"), _("签发本单位的答复，看本单位的红黄灯。"),
             _("单位工作台"), "check", phone="13900000003", membership=Membership.Role.LEADER),
    DemoRole("officer", "演示改革办经办", _("改革办经办"), _("录入线下建议、初审、并案、提出办理意见、核报告。"),
             _("管理后台"), "list", group=roles.OFFICER),
    DemoRole("office_leader", "演示改革办负责人", _("改革办负责人"), _("审定办理意见、印发清单、公布打分结果。"),
             _("管理后台"), "flag", group=roles.OFFICE_LEADER),
    DemoRole("monitor", "演示监督员", _("群众监督员"), _("现场签到、记下看到的、反映问题、给结题项目打分。"),
             _("监督员页面"), "eye", phone="13900000004"),
    DemoRole("editor", "演示编辑", _("网站编辑"), _("写新闻、通报和政策解答，送审后发布。"), _("管理后台"), "file",
             group=roles.EDITOR),
    DemoRole("auditor", "演示纪检", _("纪检监督"), _("什么都能看，什么都不能改。"), _("管理后台"), "search",
             group=roles.AUDITOR),
    DemoRole("sysadmin", "演示系统管理员", _("系统管理"), _("开账号、管单位人员；看不到建议人的身份。"), _("管理后台"),
             "users", group=roles.SYSADMIN),
)  # fmt: skip


@transaction.atomic
def ensure_demo_people() -> dict[str, User]:
    """Create whoever is missing, bring groups and memberships back; role key → user. Doing it twice does it once.

    The groups and the unit `DEMO_UNIT` must be there (`setup_roles`, `load_reference`). The monitor's appointment is made
    by whoever loads the monitors.
    """
    unit = Unit.objects.get(slug=DEMO_UNIT)
    return {role.key: _ensure(role, unit) for role in DEMO_ROLES}


def _ensure(role: DemoRole, unit: Unit) -> User:
    user = User.objects.filter(username=role.username).first() or User(username=role.username)
    user.display_name, user.is_active, user.phone_verified = role.name, True, bool(role.phone)
    user.set_phone(role.phone)
    user.set_unusable_password()
    user.save()
    user.groups.set(Group.objects.filter(name=role.group))
    if role.membership:
        Membership.objects.update_or_create(user=user, unit=unit, role=role.membership, defaults={"is_active": True})
    return user
