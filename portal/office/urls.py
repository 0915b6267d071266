"""Addresses of the office's pages, below /admin/suggestions/."""

from django.urls import include, path

from portal.office import actions, editing, extensions, listing, media, merging, recording, reveal, screen, slips

app_name = "office"
urlpatterns = [
    path("", listing.queue, name="queue"),
    path("accept/", listing.accept_several, name="accept_several"),
    path("merge/", merging.merge, name="merge"),
    path("record/", recording.record, name="record"),
    path("record/draft/", recording.draft, name="record_draft"),
    path("record/draft/<uuid:key>/drop/", recording.drop_draft, name="record_drop_draft"),
    path("record/similar/", recording.similar_cards, name="record_similar"),
    path("extensions/", extensions.queue, name="extensions"),
    path("extensions/<int:pk>/", extensions.extension, name="extension"),
    path("extensions/<int:pk>/approve/", extensions.approve, name="extension_approve"),
    path("extensions/<int:pk>/refuse/", extensions.refuse, name="extension_refuse"),
    path("imports/", include("portal.office.import_urls")),
    path("reveals/", reveal.reveals, name="reveals"),
    path("reveals/export.csv", reveal.reveals_csv, name="reveals_csv"),
    path("<slug:number>/", screen.suggestion, name="suggestion"),
    path("<slug:number>/slip/", slips.slip, name="slip"),
    path("<slug:number>/edit/", editing.edit, name="edit"),
    path("<slug:number>/photos/", actions.release_photos, name="release_photos"),
    path("<slug:number>/media/<uuid:token>/transcript/", media.transcript, name="transcript"),
    path("<slug:number>/public-text/", actions.view_of("public_text"), name="public_text"),
    path("<slug:number>/reveal/", reveal.reveal, name="reveal"),
    path("<slug:number>/accept/", actions.view_of("accept"), name="accept"),
    path("<slug:number>/refuse/", actions.view_of("refuse"), name="refuse"),
    path("<slug:number>/reconsider/", actions.view_of("reconsider"), name="reconsider"),
    path("<slug:number>/propose/", actions.view_of("propose"), name="propose"),
    path("<slug:number>/approve/", actions.view_of("approve"), name="approve"),
    path("<slug:number>/send-back/", actions.view_of("send_back"), name="send_back"),
    path("<slug:number>/withdraw/", actions.view_of("withdraw"), name="withdraw"),
    path("<slug:number>/merge/", actions.view_of("merge_into"), name="merge_into"),
    path("<slug:number>/notes/", actions.note, name="note"),
    path("<slug:number>/unmerge/", actions.view_of("unmerge"), name="unmerge"),
]
