"""What factories share: a stage to be carried to, and a picture small enough to make a thousand of."""

from __future__ import annotations

import io
from datetime import datetime
from functools import lru_cache
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image


class LivingFactory(factory.django.DjangoModelFactory):
    """A record with a life. `born` makes it; `to_<stage>` methods carry it on; a trait picks the stage.

    `_path` says from which stage each stage is reached.
    """

    _path: dict[str, str] = {}

    class Meta:
        abstract = True

    stage = ""
    at = None

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **facts: Any) -> Any:
        stage: str = facts.pop("stage", "")
        at: datetime | None = facts.pop("at", None)
        record = cls.born(model_class, at=at, **facts)
        way: list[str] = []
        while stage and stage in cls._path:
            way.insert(0, stage)
            stage = cls._path[stage]
        for step in way:
            getattr(cls, f"to_{step}")(record, at)
        if way:
            record.refresh_from_db()
        return record

    @classmethod
    def born(cls, model_class: Any, *, at: datetime | None, **facts: Any) -> Any:
        """The record at the beginning of its life."""
        return model_class._default_manager.create(**facts)._begin(at=at)


def stage_traits(*stages: str) -> type:
    """A `Params` class with one trait per stage."""
    return type("Params", (), {stage: factory.Trait(stage=stage) for stage in stages})


@lru_cache(maxsize=8)
def _jpeg_bytes(width: int, height: int, colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def jpeg(width: int = 32, height: int = 24, colour: str = "steelblue", name: str = "photo.jpg") -> ContentFile:
    """A real JPEG of one colour."""
    return ContentFile(_jpeg_bytes(width, height, colour), name=name)


def this_year() -> int:
    return timezone.localdate().year
