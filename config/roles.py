"""Roles as groups: which permissions each has. `manage.py setup_roles` makes the groups match this table.

Wagtail page and collection permissions are set by `home.roles`; what a person may do for a unit follows from their
Membership, and what a monitor may do from their appointment, not from a group.
"""

from __future__ import annotations

OFFICER = "改革办经办"
OFFICE_LEADER = "改革办负责人"
EDITOR = "网站编辑"
AUDITOR = "纪检监督"
SYSADMIN = "系统管理"

_VIEW_ALL = [
    "portal.view_campaign", "portal.view_suggestion", "portal.view_assignment", "portal.view_decision",
    "portal.view_verdict", "portal.view_extension", "portal.view_attachment", "portal.view_notice", "portal.view_unit", "portal.view_area",
    "portal.view_topic", "portal.view_poster", "portal.view_workday", "portal.view_membership", "projects.view_annuallist",
    "projects.view_project", "projects.view_report", "projects.view_step", "projects.view_supervisionorder",
    "monitors.view_monitor", "monitors.view_visit", "monitors.view_visitnote", "monitors.view_problem",
    "monitors.view_recusal", "voting.view_round", "voting.view_result",
    "portal.view_answertemplate", "portal.view_internalnote",
]  # fmt: skip
_OFFICE = [
    *_VIEW_ALL,
    "wagtailadmin.access_admin",
    "portal.add_campaign", "portal.change_campaign", "portal.add_suggestion", "portal.change_suggestion",
    "portal.screen_suggestion", "portal.propose_decision", "portal.decide_extension", "portal.change_unit", "portal.add_unit",
    "portal.add_workday", "portal.change_workday", "portal.delete_workday", "portal.change_topic", "portal.add_topic",
    "portal.add_poster", "portal.change_poster", "portal.handle_notice",
    "portal.add_answertemplate", "portal.change_answertemplate", "portal.add_internalnote",
    "portal.add_membership", "portal.change_membership",
    "projects.add_project", "projects.change_project", "projects.manage_pool", "projects.review_report",
    "projects.add_annuallist", "projects.change_annuallist", "projects.issue_order",
    "monitors.add_monitor", "monitors.change_monitor", "monitors.add_visit", "monitors.change_visit",
    "monitors.check_problem", "monitors.add_recusal",
    "voting.add_round", "voting.change_round",
]  # fmt: skip

ROLES: dict[str, list[str]] = {
    OFFICER: _OFFICE,
    OFFICE_LEADER: [
        *_OFFICE, "portal.approve_decision", "portal.reveal_person", "projects.issue_annuallist",
        "voting.publish_round",
    ],
    EDITOR: ["wagtailadmin.access_admin"],
    AUDITOR: ["wagtailadmin.access_admin", *_VIEW_ALL, "portal.view_reveal"],
    SYSADMIN: [
        "wagtailadmin.access_admin", "portal.view_user", "portal.add_user", "portal.change_user",
        "portal.view_unit", "portal.view_membership", "portal.add_membership", "portal.change_membership",
    ],
}  # fmt: skip
