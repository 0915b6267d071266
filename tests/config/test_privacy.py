"""Personal fields are ciphertext in the database, found by a keyed index, and shown masked."""

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from config.privacy import (
    decrypt,
    encrypt,
    keyed_index,
    mask_phone,
    normal_phone,
    person_tag,
    surname_only,
)
from portal.models import Suggestion, User
from tests.factories import SuggestionFactory


@pytest.mark.parametrize("typed", ["13812345678", "+86 138 1234 5678", "138-1234-5678", "１３８１２３４５６７８"])
def test_a_phone_is_the_same_however_it_was_typed(typed):
    assert normal_phone(typed) == "13812345678"


@pytest.mark.parametrize("typed", ["", "12345", "23812345678", "138123456789", "0318-1234567"])
def test_what_is_no_mobile_number_is_none(typed):
    assert normal_phone(typed) == ""


def test_masks():
    assert mask_phone("13812345678") == "138****5678"
    assert surname_only("王小明") == "王**"
    assert surname_only("欧阳锋") == "欧阳**"


def test_keys_can_be_rotated_without_losing_a_row(settings):
    old = settings.FIELD_KEYS[0]
    token = encrypt("张三")
    new = Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, old]
    assert decrypt(token) == "张三"
    rotated = encrypt("张三")
    settings.FIELD_KEYS = [new]
    assert decrypt(rotated) == "张三"


def test_the_index_depends_on_the_key_and_the_purpose(settings):
    first = keyed_index("13812345678", "phone")
    assert keyed_index("13812345678", "other") != first
    settings.INDEX_KEY = "another key"
    assert keyed_index("13812345678", "phone") != first


def test_tags_of_one_person_cannot_be_linked():
    assert person_tag(1, "support", 7) != person_tag(1, "support", 8)
    assert person_tag(1, "support", 7) == person_tag(1, "support", 7)


@pytest.mark.django_db
def test_phone_and_name_are_nowhere_in_the_tables_in_plain():
    SuggestionFactory(name="司马香香", phone="13987654321")
    user = User.objects.create_citizen("13987654321", "")
    for model in (Suggestion, Suggestion.history.model, User):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            dump = str(cursor.fetchall())
        assert "13987654321" not in dump and "司马香香" not in dump
    assert User.objects.by_phone("+8613987654321") == user
    assert Suggestion.objects.get().name == "司马香香"
