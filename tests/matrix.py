"""The permission matrix itself. One row: an address, the thing it is tried on, who gets what by GET and by POST.

"*" is everybody who is not named. See `matrix_engine` for the words, `matrix_world` for the things.
"""

from __future__ import annotations

from tests.matrix_engine import LET_IN, METHOD, MISSING, OK, SIGN_IN, Row, everybody, roles

OFFICE = "officer office_leader"
READERS = f"{OFFICE} auditor"
OFFICE_AND_SYSADMIN = f"{OFFICE} sysadmin"
READERS_AND_SYSADMIN = f"{READERS} sysadmin"
STAFF = f"{OFFICE} editor auditor sysadmin"
AUTHOR_AND_READERS = f"citizen {READERS}"
OWN_UNIT = "clerk unit_leader"
UNITS = f"{OWN_UNIT} other_leader"
MONITORS = "monitor recused_monitor"


def staff(**words: str) -> dict[str, str]:
    """A workspace: strangers sign in first, everybody not named is turned away."""
    return roles(sign_in="anonymous", no="*", **words)


ROWS = [
    # --- Signing in and the shell
    Row("healthz", "nothing", everybody(OK), everybody(METHOD)),
    Row("_util/login/", "nothing", everybody(SIGN_IN), everybody(SIGN_IN)),
    Row("accounts/", "nothing", everybody(SIGN_IN), everybody(SIGN_IN)),
    Row("account_login", "nothing", roles(ok="anonymous", let_in="*"), everybody(LET_IN)),
    Row("account_code", "nothing", everybody(SIGN_IN), everybody(SIGN_IN)),
    Row("account_code_again", "nothing", everybody(METHOD), everybody(SIGN_IN)),
    Row("account_password", "nothing", roles(ok="anonymous", let_in="*"), everybody(LET_IN)),
    Row(
        "account_change_password",
        "nothing",
        roles(sign_in="anonymous", missing="citizen stranger monitor recused_monitor", ok="*"),
        roles(sign_in="anonymous", missing="citizen stranger monitor recused_monitor", let_in="*"),
    ),
    Row("mfa_activate_totp", "nothing", roles(sign_in="anonymous", ok="*"), roles(sign_in="anonymous", let_in="*")),
    Row("wagtailcore_login", "nothing", everybody(SIGN_IN), everybody(SIGN_IN)),
    # --- Shell
    Row("config:elder", "nothing", everybody(METHOD), everybody(LET_IN)),
    # --- Demo
    Row("demo:home", "nothing", everybody(OK), everybody(METHOD)),
    Row("demo:step_into", "demo_role", everybody(METHOD), everybody(LET_IN)),
    # --- Front page
    Row("home:front", "nothing", everybody(OK), everybody(METHOD)),
    Row("home:rendition", "missing_picture", everybody(MISSING), everybody(METHOD)),
    # --- Public pages of the portal
    Row("portal:suggestion_list", "nothing", everybody(OK), everybody(METHOD)),
    Row("portal:suggestion_csv", "nothing", everybody(OK), everybody(METHOD)),
    Row("portal:suggest", "nothing", everybody(OK), everybody(LET_IN)),
    Row("portal:similar", "nothing", everybody(METHOD), everybody(LET_IN)),
    Row("portal:receipt", "nothing", everybody(MISSING), everybody(METHOD)),
    Row("portal:upload", "nothing", everybody(METHOD), everybody(LET_IN)),
    Row("portal:pending_thumb", "signed_nothing", everybody(MISSING), everybody(METHOD)),
    Row("portal:suggestion", "received_suggestion", roles(missing="*", ok=AUTHOR_AND_READERS), everybody(METHOD)),
    Row("portal:suggestion", "open_suggestion", everybody(OK), everybody(METHOD)),
    Row("portal:suggestion", "private_suggestion", roles(missing="*", ok=AUTHOR_AND_READERS), everybody(METHOD)),
    Row(
        "portal:suggestion",
        "assigned_private_suggestion",
        roles(missing="*", ok="citizen clerk unit_leader officer office_leader auditor"),
        everybody(METHOD),
    ),
    Row("portal:track", "nothing", everybody(OK), everybody(LET_IN)),
    Row("portal:track_link", "link_token", everybody(LET_IN), everybody(METHOD)),
    Row("portal:track_link", "wrong_link_token", everybody(MISSING), everybody(METHOD)),
    Row("portal:tracked", "open_suggestion", roles(code="*", ok="citizen"), everybody(METHOD)),
    Row(
        "portal:verdict",
        "answered_suggestion",
        everybody(METHOD),
        roles(code="*", let_in="citizen"),
        {"level": "satisfied"},
    ),
    Row(
        "portal:claim",
        "open_suggestion",
        roles(sign_in="anonymous", method="*"),
        roles(sign_in="anonymous", code="*", let_in="citizen"),
    ),
    Row("portal:attachment", "released_photo", everybody(OK), everybody(METHOD)),
    Row("portal:attachment", "private_photo", roles(missing="*", ok=AUTHOR_AND_READERS), everybody(METHOD)),
    Row(
        "portal:attachment", "photo_of_private_suggestion", roles(missing="*", ok=AUTHOR_AND_READERS), everybody(METHOD)
    ),
    Row("portal:attachment_thumb", "released_photo", everybody(OK), everybody(METHOD)),
    Row("portal:attachment_thumb", "private_photo", roles(missing="*", ok=AUTHOR_AND_READERS), everybody(METHOD)),
    Row(
        "portal:attachment_thumb",
        "photo_of_private_suggestion",
        roles(missing="*", ok=AUTHOR_AND_READERS),
        everybody(METHOD),
    ),
    Row("portal:after_sign_in", "nothing", roles(sign_in="anonymous", let_in="*"), everybody(METHOD)),
    Row("portal:mine", "nothing", roles(sign_in="anonymous", ok="*"), roles(sign_in="anonymous", method="*")),
    Row("portal:mine_read", "nothing", roles(sign_in="anonymous", method="*"), roles(sign_in="anonymous", let_in="*")),
    Row("portal:mine_name", "nothing", roles(sign_in="anonymous", method="*"), roles(sign_in="anonymous", let_in="*")),
    # --- Projects
    Row("projects:list", "nothing", everybody(OK), everybody(METHOD)),
    Row("projects:csv", "nothing", everybody(OK), everybody(METHOD)),
    Row("projects:detail", "pooled_project", everybody(MISSING), everybody(METHOD)),
    Row("projects:detail", "listed_project", everybody(OK), everybody(METHOD)),
    Row("projects:detail", "active_project", everybody(OK), everybody(METHOD)),
    Row("projects:history", "pooled_project", everybody(MISSING), everybody(METHOD)),
    Row("projects:history", "listed_project", everybody(OK), everybody(METHOD)),
    Row("projects:history", "active_project", everybody(OK), everybody(METHOD)),
    Row("projects:photo", "project_photo", everybody(OK), everybody(METHOD)),
    Row("projects:photo_thumb", "project_photo", everybody(OK), everybody(METHOD)),
    # --- Monitors
    Row("monitors:visit_list", "nothing", everybody(OK), everybody(METHOD)),
    Row("monitors:visit", "planned_visit", everybody(MISSING), everybody(METHOD)),
    Row("monitors:visit", "announced_visit", everybody(OK), everybody(METHOD)),
    Row("monitors:visit_photo", "visit_photo", roles(missing="*", ok=READERS), everybody(METHOD)),
    Row("monitors:visit_photo_thumb", "visit_photo", roles(missing="*", ok=READERS), everybody(METHOD)),
    Row("monitors:roster", "nothing", everybody(OK), everybody(METHOD)),
    Row("monitors:home", "nothing", staff(ok=MONITORS), staff(method=MONITORS)),
    Row("monitors:sign_in", "sign_in_code", staff(ok=MONITORS), staff(let_in=MONITORS)),
    Row(
        "monitors:note",
        "visit_and_project",
        staff(ok="monitor", missing="recused_monitor"),
        staff(let_in="monitor", missing="recused_monitor"),
    ),
    Row("monitors:photo_upload", "nothing", staff(method=MONITORS), staff(let_in=MONITORS)),
    Row("monitors:problem_new", "nothing", staff(ok=MONITORS), staff(let_in=MONITORS)),
    Row(
        "monitors:problem",
        "answered_problem",
        staff(ok="monitor", missing="recused_monitor"),
        staff(let_in="monitor", missing="recused_monitor"),
    ),
    Row("monitors:recuse", "active_project", staff(ok=MONITORS), staff(let_in=MONITORS)),
    # --- Voting
    Row("voting:support", "open_suggestion", everybody(METHOD), roles(sign_in="anonymous", let_in="*")),
    Row("voting:support", "received_suggestion", everybody(METHOD), everybody(MISSING)),
    Row("voting:round_list", "nothing", everybody(OK), everybody(METHOD)),
    Row("voting:round", "drafted_round", everybody(MISSING), everybody(METHOD)),
    Row("voting:round", "open_round", everybody(OK), everybody(METHOD)),
    Row("voting:round_csv", "drafted_round", everybody(MISSING), everybody(METHOD)),
    Row("voting:round_csv", "open_round", everybody(MISSING), everybody(METHOD)),
    Row("voting:score_list", "drafted_round", staff(missing=MONITORS), staff(method=MONITORS)),
    Row("voting:score_list", "open_round", staff(ok=MONITORS), staff(method=MONITORS)),
    Row("voting:score", "open_entry", staff(ok=MONITORS), staff(let_in=MONITORS)),
    # --- Desk of the units
    Row("desk:home", "nothing", staff(ok=UNITS), everybody(METHOD)),
    Row("desk:done", "nothing", staff(ok=UNITS), everybody(METHOD)),
    Row(
        "desk:assignment",
        "due_assignment",
        staff(ok=OWN_UNIT, missing="other_leader"),
        staff(let_in=OWN_UNIT, missing="other_leader"),
    ),
    Row(
        "desk:assignment",
        "submitted_assignment",
        staff(ok=OWN_UNIT, missing="other_leader"),
        staff(let_in=OWN_UNIT, missing="other_leader"),
    ),
    Row("desk:assignment_draft", "due_assignment", everybody(METHOD), staff(let_in=OWN_UNIT, missing="other_leader")),
    Row(
        "desk:assignment_sign",
        "submitted_assignment",
        everybody(METHOD),
        staff(let_in="unit_leader", missing="other_leader"),
    ),
    Row(
        "desk:assignment_return",
        "submitted_assignment",
        everybody(METHOD),
        staff(let_in="unit_leader", missing="other_leader"),
    ),
    # --- Desk: projects
    Row("project_desk:projects", "nothing", staff(ok=UNITS), staff(method=UNITS)),
    Row("project_desk:project", "pooled_project", staff(missing=UNITS), staff(method=UNITS)),
    Row("project_desk:project", "listed_project", staff(ok=OWN_UNIT, missing="other_leader"), staff(method=UNITS)),
    Row("project_desk:project", "active_project", staff(ok=OWN_UNIT, missing="other_leader"), staff(method=UNITS)),
    Row("project_desk:change_plan", "pooled_project", staff(missing=UNITS), staff(missing=UNITS)),
    Row("project_desk:change_plan", "listed_project", staff(missing="other_leader"), staff(missing="other_leader")),
    Row(
        "project_desk:change_plan",
        "active_project",
        staff(ok=OWN_UNIT, missing="other_leader"),
        staff(let_in=OWN_UNIT, missing="other_leader"),
    ),
    Row(
        "project_desk:report",
        "due_report",
        staff(ok=OWN_UNIT, missing="other_leader"),
        staff(let_in=OWN_UNIT, missing="other_leader"),
    ),
    Row(
        "project_desk:report",
        "submitted_report",
        staff(ok=OWN_UNIT, missing="other_leader"),
        staff(let_in=OWN_UNIT, missing="other_leader"),
    ),
    Row("project_desk:report_photo", "due_report", staff(method=UNITS), staff(let_in=OWN_UNIT, missing="other_leader")),
    Row(
        "project_desk:order",
        "issued_order",
        staff(ok=OWN_UNIT, missing="other_leader"),
        staff(let_in=OWN_UNIT, missing="other_leader"),
    ),
    Row(
        "project_desk:order_photo", "issued_order", staff(method=UNITS), staff(let_in=OWN_UNIT, missing="other_leader")
    ),
    # --- Desk: monitors' problems
    Row("monitor_desk:problem", "handed_problem", staff(ok=OWN_UNIT), staff(let_in=OWN_UNIT)),
    Row("monitor_desk:problem", "raised_problem", staff(missing=UNITS), staff(missing=UNITS)),
    # --- Office: suggestions
    Row("office:queue", "nothing", staff(ok=READERS), staff(let_in=READERS)),
    Row("office:accept_several", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("office:merge", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("office:record", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("office:suggestion", "received_suggestion", staff(ok=READERS), staff(let_in=READERS)),
    Row("office:slip", "received_suggestion", staff(let_in=OFFICE), staff(let_in=OFFICE)),
    Row("office:edit", "open_suggestion", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("office:release_photos", "open_suggestion", staff(method=STAFF), staff(let_in=OFFICE)),
    Row("office:reveal", "open_suggestion", staff(let_in="office_leader"), staff(let_in="office_leader")),
    Row("office:accept", "received_suggestion", staff(method=STAFF), staff(let_in=OFFICE)),
    Row("office:refuse", "received_suggestion", staff(method=STAFF), staff(let_in=OFFICE)),
    Row("office:reconsider", "refused_suggestion", staff(method=STAFF), staff(let_in=OFFICE)),
    Row("office:propose", "open_suggestion", staff(method=STAFF), staff(let_in=OFFICE)),
    Row("office:approve", "proposed_suggestion", staff(method=STAFF), staff(let_in="office_leader")),
    Row("office:send_back", "proposed_suggestion", staff(method=STAFF), staff(let_in="office_leader")),
    Row("office:unmerge", "merged_suggestion", staff(method=STAFF), staff(let_in=OFFICE)),
    # --- Office: campaigns
    Row("campaign_moves:announce", "preparing_campaign", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("campaign_moves:close", "announced_campaign", staff(ok=OFFICE), staff(let_in=OFFICE)),
    # --- Office: projects, lists, reports, orders
    Row("project_office:pool", "nothing", staff(ok=READERS), staff(let_in=READERS)),
    Row("project_office:open", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:attach", "nothing", staff(let_in=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:projects", "nothing", staff(ok=READERS), staff(let_in=READERS)),
    Row("project_office:project", "pooled_project", staff(ok=READERS), staff(let_in=READERS)),
    Row("project_office:project", "active_project", staff(ok=READERS), staff(let_in=READERS)),
    Row("project_office:edit", "active_project", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:supervise", "active_project", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:suspend", "active_project", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:resume", "suspended_project", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:cancel", "active_project", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:carry_over", "active_project", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:lists", "nothing", staff(ok=READERS), staff(let_in=READERS)),
    Row("project_office:draft_list", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:list", "drafted_list", staff(ok=READERS), staff(let_in=READERS)),
    Row("project_office:list_add", "drafted_list", staff(method=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:list_remove", "drafted_list", staff(method=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:list_review", "drafted_list", staff(method="office_leader"), staff(let_in="office_leader")),
    Row("project_office:list_redraft", "reviewed_list", staff(ok="office_leader"), staff(let_in="office_leader")),
    Row("project_office:list_issue", "reviewed_list", staff(ok="office_leader"), staff(let_in="office_leader")),
    Row("project_office:reports", "nothing", staff(ok=READERS), staff(let_in=READERS)),
    Row("project_office:report", "submitted_report", staff(ok=READERS), staff(let_in=READERS)),
    Row("project_office:accept_report", "submitted_report", staff(method=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:return_report", "submitted_report", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:correct_report", "accepted_report", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:orders", "nothing", staff(ok=READERS), staff(let_in=READERS)),
    Row("project_office:order", "issued_order", staff(ok=READERS), staff(let_in=READERS)),
    Row("project_office:return_order", "replied_order", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("project_office:discharge_order", "replied_order", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("reports:index", "nothing", staff(ok=READERS), staff(method=READERS)),
    Row("reports:index_results", "nothing", staff(ok=READERS), staff(method=READERS)),
    # --- Office: rounds
    Row("voting_office:rounds", "nothing", staff(ok=READERS), staff(let_in=READERS)),
    Row("voting_office:round_new", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("voting_office:round", "drafted_round", staff(ok=READERS), staff(let_in=READERS)),
    Row("voting_office:round_edit", "drafted_round", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("voting_office:round_criteria", "drafted_round", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("voting_office:round_open", "drafted_round", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("voting_office:round_close", "open_round", staff(method=OFFICE), staff(let_in=OFFICE)),
    Row("voting_office:round_publish", "closed_round", staff(ok="office_leader"), staff(let_in="office_leader")),
    # --- Office: monitors, visits, problems
    Row("monitor_office:people", "nothing", staff(ok=READERS), staff(let_in=READERS)),
    Row("monitor_office:appoint", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:person", "serving_monitor", staff(ok=READERS), staff(let_in=READERS)),
    Row("monitor_office:edit", "serving_monitor", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:end", "serving_monitor", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:reappoint", "ended_monitor", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:recusals", "nothing", staff(ok=READERS), staff(let_in=READERS)),
    Row("monitor_office:recusal_new", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:visits", "nothing", staff(ok=READERS), staff(let_in=READERS)),
    Row("monitor_office:visit_new", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:visit", "planned_visit_pk", staff(ok=READERS), staff(let_in=READERS)),
    Row("monitor_office:visit_edit", "planned_visit_pk", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:visit_announce", "planned_visit_pk", staff(method=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:visit_code", "announced_visit_pk", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:visit_code_image", "announced_visit_pk", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:visit_hold", "announced_visit_pk", staff(method=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:visit_summary", "held_visit_pk", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:visit_publish", "held_visit_pk", staff(method=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:visit_cancel", "announced_visit_pk", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:note_release", "visit_note", staff(method=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:problems", "nothing", staff(ok=READERS), staff(let_in=READERS)),
    Row("monitor_office:problem", "raised_problem", staff(ok=READERS), staff(let_in=READERS)),
    Row("monitor_office:problem_hand_over", "raised_problem", staff(method=OFFICE), staff(let_in=OFFICE)),
    Row("monitor_office:problem_drop", "raised_problem", staff(ok=OFFICE), staff(let_in=OFFICE)),
    # --- Office: campaigns
    Row("campaigns:index", "nothing", staff(ok=READERS), staff(method=READERS)),
    Row("campaigns:index_results", "nothing", staff(ok=READERS), staff(method=READERS)),
    Row("campaigns:add", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("campaigns:edit", "campaign_pk", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("campaigns:history", "campaign_pk", staff(ok=OFFICE), staff(method=OFFICE)),
    Row("campaigns:history_results", "campaign_pk", staff(ok=OFFICE), staff(method=OFFICE)),
    Row("campaigns:inspect", "campaign_pk", staff(ok=READERS), staff(method=READERS)),
    # --- Office: units
    Row("units:index", "nothing", staff(ok=READERS_AND_SYSADMIN), staff(method=READERS_AND_SYSADMIN)),
    Row("units:index_results", "nothing", staff(ok=READERS_AND_SYSADMIN), staff(method=READERS_AND_SYSADMIN)),
    Row("units:add", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("units:edit", "unit_pk", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("units:history", "unit_pk", staff(ok=OFFICE), staff(method=OFFICE)),
    Row("units:history_results", "unit_pk", staff(ok=OFFICE), staff(method=OFFICE)),
    Row("units:inspect", "unit_pk", staff(ok=READERS_AND_SYSADMIN), staff(method=READERS_AND_SYSADMIN)),
    # --- Office: memberships
    Row("memberships:index", "nothing", staff(ok=READERS_AND_SYSADMIN), staff(method=READERS_AND_SYSADMIN)),
    Row("memberships:index_results", "nothing", staff(ok=READERS_AND_SYSADMIN), staff(method=READERS_AND_SYSADMIN)),
    Row("memberships:add", "nothing", staff(ok=OFFICE_AND_SYSADMIN), staff(let_in=OFFICE_AND_SYSADMIN)),
    Row("memberships:edit", "membership_pk", staff(ok=OFFICE_AND_SYSADMIN), staff(let_in=OFFICE_AND_SYSADMIN)),
    Row("memberships:history", "membership_pk", staff(ok=OFFICE_AND_SYSADMIN), staff(method=OFFICE_AND_SYSADMIN)),
    Row(
        "memberships:history_results", "membership_pk", staff(ok=OFFICE_AND_SYSADMIN), staff(method=OFFICE_AND_SYSADMIN)
    ),
    Row("memberships:inspect", "membership_pk", staff(ok=READERS_AND_SYSADMIN), staff(method=READERS_AND_SYSADMIN)),
    # --- Office: topics
    Row("topics:index", "nothing", staff(ok=READERS), staff(method=READERS)),
    Row("topics:index_results", "nothing", staff(ok=READERS), staff(method=READERS)),
    Row("topics:add", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("topics:edit", "topic_pk", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("topics:history", "topic_pk", staff(ok=OFFICE), staff(method=OFFICE)),
    Row("topics:history_results", "topic_pk", staff(ok=OFFICE), staff(method=OFFICE)),
    Row("topics:inspect", "topic_pk", staff(ok=READERS), staff(method=READERS)),
    # --- Office: areas
    Row("areas:index", "nothing", staff(ok=READERS), staff(method=READERS)),
    Row("areas:index_results", "nothing", staff(ok=READERS), staff(method=READERS)),
    Row("areas:inspect", "area_pk", staff(ok=READERS), staff(method=READERS)),
    # --- Office: workdays
    Row("workdays:index", "nothing", staff(ok=READERS), staff(method=READERS)),
    Row("workdays:index_results", "nothing", staff(ok=READERS), staff(method=READERS)),
    Row("workdays:add", "nothing", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("workdays:edit", "workday_pk", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("workdays:delete", "workday_pk", staff(ok=OFFICE), staff(let_in=OFFICE)),
    Row("workdays:history", "workday_pk", staff(ok=OFFICE), staff(method=OFFICE)),
    Row("workdays:history_results", "workday_pk", staff(ok=OFFICE), staff(method=OFFICE)),
    Row("workdays:usage", "workday_pk", staff(ok=OFFICE), staff(method=OFFICE)),
    Row("workdays:inspect", "workday_pk", staff(ok=READERS), staff(method=READERS)),
    # --- Office: notices
    Row("notices:index", "nothing", staff(ok=READERS), staff(method=READERS)),
    Row("notices:index_results", "nothing", staff(ok=READERS), staff(method=READERS)),
    Row("notices:inspect", "notice_pk", staff(ok=READERS), staff(method=READERS)),
    # --- Office: wagtailusers_users
    Row("wagtailusers_users:index", "nothing", staff(ok="sysadmin"), staff(method="sysadmin")),
    Row("wagtailusers_users:index_results", "nothing", staff(ok="sysadmin"), staff(method="sysadmin")),
    Row("wagtailusers_users:add", "nothing", staff(ok="sysadmin"), staff(let_in="sysadmin")),
    Row("wagtailusers_users:edit", "user_pk", staff(ok="sysadmin"), staff(let_in="sysadmin")),
    Row("wagtailusers_users:history", "user_pk", staff(ok="sysadmin"), staff(method="sysadmin")),
    Row("wagtailusers_users:history_results", "user_pk", staff(ok="sysadmin"), staff(method="sysadmin")),
    Row("wagtailusers_users:usage", "user_pk", staff(ok="sysadmin"), staff(method="sysadmin")),
]
