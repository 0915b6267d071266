from django.urls import path

from monitors.office import people, problems, visits

app_name = "monitor_office"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/new/", people.appoint, name="appoint"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.edit, name="edit"),
    path("people/<int:pk>/end/", people.end, name="end"),
    path("people/<int:pk>/reappoint/", people.reappoint, name="reappoint"),
    path("recusals/", people.recusals, name="recusals"),
    path("recusals/new/", people.recusal_new, name="recusal_new"),
    path("visits/", visits.visits, name="visits"),
    path("visits/new/", visits.visit_new, name="visit_new"),
    path("visits/<int:pk>/", visits.visit, name="visit"),
    path("visits/<int:pk>/edit/", visits.visit_edit, name="visit_edit"),
    path("visits/<int:pk>/announce/", visits.announce, name="visit_announce"),
    path("visits/<int:pk>/code/", visits.code, name="visit_code"),
    path("visits/<int:pk>/code.svg", visits.code_image, name="visit_code_image"),
    path("visits/<int:pk>/hold/", visits.hold, name="visit_hold"),
    path("visits/<int:pk>/summary/", visits.summary, name="visit_summary"),
    path("visits/<int:pk>/publish/", visits.publish, name="visit_publish"),
    path("visits/<int:pk>/cancel/", visits.cancel, name="visit_cancel"),
    path("notes/<int:pk>/release/", visits.note_release, name="note_release"),
    path("problems/", problems.problems, name="problems"),
    path("problems/<int:pk>/", problems.problem, name="problem"),
    path("problems/<int:pk>/hand-over/", problems.hand_over, name="problem_hand_over"),
    path("problems/<int:pk>/drop/", problems.drop, name="problem_drop"),
]
