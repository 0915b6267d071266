"""Photos of a form at the desk: sent with it or uploaded before, each with a caption and the day it was taken."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.forms import DateInput, MultipleFileField, MultipleFileInput
from config.uploads import Refused, store_picture
from projects.models import Photo, Report, SupervisionOrder

MAX_PHOTOS = 9
KINDS = "image/jpeg,image/png,image/webp,image/heic,.heic,.heif"
Owner = Report | SupervisionOrder


class PhotosForm(forms.Form):
    photos = MultipleFileField(
        label=_("现场照片"), required=False,
        widget=MultipleFileInput(attrs={"accept": KINDS, "data-photos": ""}),
        help_text=_("手机上点开可以直接拍。最多 9 张，每张不超过 20 MB，定位信息会自动去掉。审核通过后公开。"),
    )  # fmt: skip


class CaptionForm(forms.ModelForm):
    class Meta:
        model = Photo
        fields = ["caption", "taken_on"]
        widgets = {"taken_on": DateInput}
        labels = {"caption": _("照片说明"), "taken_on": _("哪天拍的")}

    def clean_taken_on(self) -> Any:
        day = self.cleaned_data["taken_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("拍摄日期不能晚于今天。"))
        return day


def _link(owner: Owner) -> dict[str, Owner]:
    return {"order": owner} if isinstance(owner, SupervisionOrder) else {"report": owner}


def add_photo(owner: Owner, file: Any, by: Any, *, is_kept: bool = True) -> Photo:
    """Clean a photo and hang it on a report or an order. Raises `Refused` with a sentence."""
    if owner.photos.kept().count() >= MAX_PHOTOS:
        raise Refused(_("照片已满 %d 张，先移除一张再加。") % MAX_PHOTOS)
    facts = {"project": owner.project, "added_by": by, "is_kept": is_kept} | _link(owner)
    return store_picture(Photo, file, **facts)  # type: ignore[no-any-return]


def as_upload(photo: Photo) -> dict[str, Any]:
    """The photo as the form and `photos.js` know it."""
    return {"token": str(photo.token), "thumb": photo.get_thumb_url()}


def receive_photos(request: HttpRequest, owner: Owner) -> tuple[list[Photo], list[str]]:
    """Store the photos that came with a form, still outside; and a sentence for each that did not make it."""
    received: list[Photo] = []
    errors: list[str] = []
    for number, file in enumerate(request.FILES.getlist("photos")[:MAX_PHOTOS], 1):
        try:
            received.append(add_photo(owner, file, request.user, is_kept=False))
        except Refused as refused:
            errors.append(str(_("第 %(n)d 张没有收下：%(why)s") % {"n": number, "why": refused}))
    return received, errors


def arrange_photos(request: HttpRequest, owner: Owner, received: list[Photo]) -> None:
    """Bring the photos in line with what was sent.

    A form that shows its photos (`photos_listed`) says which of them stay; one that does not leaves them alone.
    """
    kept = [photo.pk for photo in owner.photos.kept()]
    if request.POST.get("photos_listed"):
        removed = set(request.POST.getlist("photo_removed"))
        tokens = {token for token in request.POST.getlist("photo_tokens") if token not in removed}
        listed = [photo for photo in owner.photos.all() if str(photo.token) in tokens]
        for photo in listed:
            _caption(request, photo)
        kept = [photo.pk for photo in listed]
    kept = (kept + [photo.pk for photo in received])[:MAX_PHOTOS]
    owner.photos.exclude(pk__in=kept).update(is_kept=False)
    owner.photos.filter(pk__in=kept).update(is_kept=True)


def _caption(request: HttpRequest, photo: Photo) -> None:
    prefix = f"photo-{photo.token}"
    if f"{prefix}-caption" in request.POST:
        form = CaptionForm(request.POST, prefix=prefix, instance=photo)
        if form.is_valid() and form.has_changed():
            photo.save(update_fields=form.changed_data)


def photo_rows(owner: Owner, typed: QueryDict | None = None) -> list[dict[str, Any]]:
    """The photos with their caption forms, for `projects/desk/_photos.html`: the kept ones, or those that a draft
    names."""
    photos = list(owner.photos.kept())
    if typed is not None and "photos_listed" in typed:
        tokens = set(typed.getlist("photo_tokens"))
        photos = [photo for photo in owner.photos.all() if str(photo.token) in tokens]
    rows = []
    for photo in photos:
        prefix = f"photo-{photo.token}"
        is_typed = typed is not None and f"{prefix}-caption" in typed
        form = CaptionForm(typed if is_typed else None, prefix=prefix, instance=photo)
        rows.append(as_upload(photo) | {"form": form, "photo": photo})
    return rows
