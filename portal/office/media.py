"""What the office does with the sound and video of a suggestion: the words that go with them."""

from __future__ import annotations

import uuid

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.log_actions import log

from config.admin_ui import office_view
from portal import permissions
from portal.models import Attachment
from portal.office.queue import Queue


class TranscriptForm(forms.Form):
    transcript = forms.CharField(label=gettext_lazy("文字说明"), max_length=3000, required=False)


@require_POST
@office_view(permissions.SCREEN)
def transcript(request: HttpRequest, number: str, token: uuid.UUID) -> HttpResponse:
    """Keep what is said in a recording, or what is seen in a video, for those who cannot hear or see it."""
    one = get_object_or_404(
        Attachment.objects.releasable().exclude(kind=Attachment.Kind.PHOTO).select_related("suggestion"),
        token=token, suggestion__number=number,
    )  # fmt: skip
    form = TranscriptForm(request.POST)
    if form.is_valid():
        with transaction.atomic():
            Attachment.objects.filter(pk=one.pk).update(transcript=form.cleaned_data["transcript"].strip())
            log(instance=one.suggestion, action="portal.transcript")
        messages.success(request, _("文字说明已保存，会和录音、视频一起公开。"))
    else:
        messages.error(request, _("文字说明最多 3000 字，没有保存。请缩短后再存。"))
    return redirect(reverse("office:suggestion", args=[number]) + Queue(request).query() + "#media")
