"""What the shell needs on every page, without a query."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from config.views import ELDER_COOKIE


def site(request: HttpRequest) -> dict[str, Any]:
    """`elder`: elder mode is on; `demo`: this is a demonstration, `rehearsal`: one on real messages; `site_footer`: who
    runs the site.

    A cache of whole pages must keep elder pages apart, because the answer depends on the cookie `elder`.
    """
    return {
        "elder": request.COOKIES.get(ELDER_COOKIE) == "1",
        "demo": getattr(settings, "WEITAI_DEMO", False),
        "rehearsal": getattr(settings, "WEITAI_REHEARSAL", False),
        "site_footer": footer(request),
    }


def footer(request: HttpRequest) -> dict[str, str]:
    """The footer's entries from WEITAI_FOOTER: a dict, or the dotted path of a function of the request giving one.

    Keys, all optional: tagline, organizer 主办单位, undertaker 承办单位, site_code 网站标识码, icp ICP 备案,
    police 公安备案, phone 联系电话, accessibility_href 无障碍声明, privacy_href 隐私政策.
    """
    source = getattr(settings, "WEITAI_FOOTER", {})
    return import_string(source)(request) if isinstance(source, str) else source
