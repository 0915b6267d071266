"""Similar suggestions beside the form: shown before sending, once, public ones alone, and nothing typed is lost."""

from __future__ import annotations

import pytest
from django.test import Client

from portal import similar
from portal.models import Campaign, Suggestion
from portal.views import suggest
from tests.factories import CampaignFactory, SuggestionFactory
from tests.portal.test_suggest import BODY, RECEIPT, TOKENS, URL, WISH, filled, text, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(db: None) -> Campaign:
    return CampaignFactory()


SIMILAR = "/suggestions/similar/"


@pytest.fixture
def known_one(campaign: Campaign) -> Suggestion:
    """A public suggestion that says what `filled()` says, in other words, and some others to compare with."""
    one = SuggestionFactory(
        open=True, title="人民医院门口晚上没处停车", body="医院停车场晚上总是满的，看急诊的人只好停到一公里外。"
    )
    others = [SuggestionFactory(open=True, title=title) for title in ("路灯不亮", "公园没有厕所", "图书馆关门太早")]
    similar.keep([one.pk, *(other.pk for other in others)])
    return one


def test_before_it_is_sent_similar_ones_are_shown_once_and_nothing_is_lost(
    client: Client, known_one: Suggestion
) -> None:
    token = uploaded(client)["token"]
    sent = filled(photo_tokens=token)
    asked = client.post(URL, sent)
    page = text(asked)
    assert asked.status_code == 200 and known_one.title in page and "我的不一样，接着提交" in page
    assert "我也遇到（附议并关注）" in page and f'formaction="/suggestions/{known_one.number}/support/"' in page
    assert not Suggestion.objects.filter(submission_key=sent["submission_key"]).exists()
    for typed in (BODY, WISH, "人民医院东门", "王小明", "138 0000 1111"):
        assert typed in page
    (carried,) = TOKENS.findall(page)  # signed anew, with the time of this page
    assert carried.split(":")[0] == token.split(":")[0] and 'name="similar_seen" value="1"' in page
    response = client.post(URL, sent | {"similar_seen": "1"})
    assert response.status_code == 302 and response["Location"] == RECEIPT
    assert Suggestion.objects.get(submission_key=sent["submission_key"]).attachments.count() == 1


def test_what_is_like_no_other_goes_straight_to_its_receipt(client: Client, known_one: Suggestion) -> None:
    sent = filled(title="河边步道积水", body="下过雨三天都走不过去。")
    assert client.post(URL, sent).status_code == 302


def test_what_is_not_public_is_never_shown_beside_the_form(client: Client, known_one: Suggestion) -> None:
    facts = {"title": "医院门口晚上没处停车", "body": BODY}
    hidden = [SuggestionFactory(**facts), SuggestionFactory(not_accepted=True, **facts)]
    hidden.append(SuggestionFactory(open=True, is_public=False, **facts))
    similar.keep([one.pk for one in hidden])
    answer = client.post(SIMILAR, facts)
    assert known_one.number in text(answer) and not [one for one in hidden if one.number in text(answer)]
    asked = client.post(URL, filled())
    assert known_one.number in text(asked) and not [one for one in hidden if one.number in text(asked)]
    Suggestion.objects.filter(pk=known_one.pk).update(is_public=False)
    assert client.post(SIMILAR, facts).status_code == 204
    assert client.post(URL, filled()).status_code == 302


def test_cards_while_typing_mask_phones_and_are_limited(
    client: Client, known_one: Suggestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    Suggestion.objects.filter(pk=known_one.pk).update(body="看急诊没处停车，请打13800138000联系。")
    answer = client.post(SIMILAR, {"title": known_one.title})
    assert answer.status_code == 200 and "13800138000" not in text(answer)
    assert "no-store" in answer["Cache-Control"]
    assert client.post(SIMILAR, {"title": "停"}).status_code == 204
    assert client.post(SIMILAR, {}).status_code == 204
    monkeypatch.setattr(suggest, "LOOK_UPS_PER_HOUR", 1)
    assert client.post(SIMILAR, {"title": known_one.title}).status_code == 429
    assert (
        client.post(URL, filled()).status_code == 302
    )  # the limit of look-ups never stands in the way of a suggestion
