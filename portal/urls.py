"""Public addresses of the portal. They carry numbers and random codes, never primary keys."""

from django.urls import path, register_converter

from portal.accounts import again
from portal.accounts import views as accounts
from portal.views import (
    attachments,
    consent,
    follow,
    hear,
    mine,
    my_data,
    proving,
    public,
    reach,
    scan,
    suggest,
    track,
    tus,
)


class SuggestionNumber:
    """WJ2026-000123."""

    regex = r"WJ[0-9]{4}-[0-9]{6,7}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SuggestionNumber, "wj")

app_name = "portal"
urlpatterns = [
    path("suggestions/", public.suggestion_list, name="suggestion_list"),
    path("suggestions/export.csv", public.suggestion_csv, name="suggestion_csv"),
    path("suggestions/new/", suggest.suggest, name="suggest"),
    path("suggestions/similar/", suggest.similar_cards, name="similar"),
    path("suggestions/review/", suggest.review, name="review"),
    path("suggestions/challenge/<uuid:key>/", proving.challenge, name="challenge"),
    path("suggestions/receipt/", suggest.receipt, name="receipt"),
    path("suggestions/uploads/", tus.Uploads.as_view(), name="resumables"),
    path("suggestions/uploads/<uuid:token>/", tus.Resumable.as_view(), name="resumable"),
    path("suggestions/photos/", attachments.upload, name="upload"),
    path("suggestions/photos/again/", attachments.uploads_again, name="uploads_again"),
    path("suggestions/photos/<str:signed>/", attachments.pending_thumb, name="pending_thumb"),
    path("suggestions/<wj:number>/", public.suggestion, name="suggestion"),
    path("suggestions/<wj:number>/follow/", follow.follow, name="follow"),
    path("q/<slug:code>/", scan.scan, name="scan"),
    path("track/", track.track, name="track"),
    path("track/q/<str:token>/", track.track_link, name="track_link"),
    path("track/<wj:number>/", track.tracked, name="tracked"),
    path("track/<wj:number>/verdict/", track.give_verdict, name="verdict"),
    path("track/<wj:number>/reopen/", track.reopen, name="reopen"),
    path("track/<wj:number>/claim/", track.claim, name="claim"),
    path("track/<wj:number>/consent/", consent.consents, name="consents"),
    path("track/<wj:number>/name/", my_data.correct_name, name="correct_name"),
    path("track/<wj:number>/erase/", my_data.erase_receipt, name="erase_receipt"),
    path("track/<wj:number>/consent/<slug:purpose>/", consent.withdraw, name="withdraw_consent"),
    path("track/<wj:number>/hear/", hear.hear, name="hear"),
    path("track/<wj:number>/feed/", hear.feed_address, name="feed_address"),
    path("track/feed/<str:token>/", hear.feed, name="feed"),
    path("photos/<uuid:token>/", attachments.attachment, name="attachment"),
    path("photos/<uuid:token>/s/", attachments.attachment, {"which": "thumb"}, name="attachment_thumb"),
    path("photos/<uuid:token>/media/", attachments.attachment, {"which": "media"}, name="attachment_media"),
    path("accounts/after/", accounts.after, name="after_sign_in"),
    path("accounts/prove/", again.prove, name="prove"),
    path("accounts/data/", my_data.my_data, name="my_data"),
    path("accounts/data/download/", my_data.download, name="my_data_download"),
    path("accounts/data/phone/", my_data.new_phone, name="new_phone"),
    path("accounts/data/phone/code/", my_data.new_phone_code, name="new_phone_code"),
    path("accounts/data/erase/", my_data.erase, name="erase"),
    path("accounts/data/keep/", my_data.keep_account, name="keep_account"),
    path("accounts/mine/", mine.mine, name="mine"),
    path("accounts/reach/", reach.reach, name="reach"),
    path("accounts/reach/mail/", reach.send_confirmation, name="reach_mail"),
    path("accounts/reach/mail/drop/", reach.drop_mail, name="reach_mail_drop"),
    path("accounts/reach/mail/<str:token>/", reach.confirm, name="reach_confirm"),
    path("accounts/reach/stop/<str:token>/", reach.stop, name="reach_stop"),
    path("accounts/reach/wechat/", reach.wechat_back, name="reach_wechat_back"),
    path("accounts/reach/wechat/drop/", reach.wechat_drop, name="reach_wechat_drop"),
    path("accounts/mine/read/", mine.mine_read, name="mine_read"),
    path("accounts/mine/claim/", mine.mine_claim, name="mine_claim"),
    path("accounts/mine/name/", mine.mine_name, name="mine_name"),
]
