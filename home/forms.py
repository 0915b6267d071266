"""Pictures that editors upload go the way of every photo: decoded, made anew from pixels alone."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from config.uploads import Refused, clean_picture


class WholePictureField(WagtailImageField):  # type: ignore[misc]
    """Wagtail's own check stumbles over a file that breaks off; here it is an error of the field like any other."""

    def to_python(self, data: Any) -> Any:
        try:
            return super().to_python(data)
        except OSError:
            raise ValidationError(_("图片打不开，可能没有传完整。请重新选一次，或换一张。")) from None


class PictureForm(BaseImageForm):  # type: ignore[misc]
    """Wagtail keeps what a camera wrote into a file, also in the smaller sizes that it makes; this drops it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        old = self.fields["file"]
        self.fields["file"] = WholePictureField(
            label=old.label, required=old.required, widget=old.widget, help_text=old.help_text
        )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or not file:
            return file
        try:
            cleaned = clean_picture(file).image
        except Refused as reason:
            raise ValidationError(str(reason)) from None
        cleaned.name = f"{PurePath(file.name).stem[:60]}.jpg"
        return cleaned
