"""Development and demo: the production settings, loosened only where a laptop without TLS needs it."""

from config.settings.production import *  # noqa: F403
from config.settings.production import LOGGING, VAR_DIR, env

VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=False)
WEITAI_DEMO = env.bool("WEITAI_DEMO", default=True)
# A demo on real citizens' messages (`make real`): every page says that their handling is made up.
WEITAI_REHEARSAL = env.bool("WEITAI_REHEARSAL", default=False)

SECRET_KEY = env.str("SECRET_KEY", default="development-only-key-" + "x" * 40)
FIELD_KEYS = env.list("FIELD_KEYS", default=["ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDE="])
INDEX_KEY = env.str("INDEX_KEY", default="development-only-index-key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])

SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = False
SESSION_COOKIE_NAME = "weitai-session"
CSRF_COOKIE_SECURE = False
CSRF_COOKIE_NAME = "weitai-csrf"

WEITAI_FOOTER = env.json(
    "WEITAI_FOOTER",
    default={
        "tagline": "衡水市“微、微创新”项目台账与群众评议",
        "organizer": "中共衡水市委改革办（演示）",
        "undertaker": "衡水市大数据局（演示）",
        "site_code": "1311000000",
        "icp": "冀ICP备00000000号",
        "police": "冀公网安备 13110000000000号",
        "phone": "0318-0000000",
        "accessibility_href": "/accessibility/",
        "privacy_href": "/privacy/",
    },
)
WEITAI_STAFF_MFA = env.bool("WEITAI_STAFF_MFA", default=False)
SMS_BACKEND = "portal.channels.sms.DemoGateway"
WECHAT_BACKEND = "portal.channels.wechat.DemoAccount"
MAIL_CHANNEL = "portal.channels.mail.DemoMail"
# Whoever tries it out at night wants to see something happen.
WEITAI_QUIET_HOURS = env.str("WEITAI_QUIET_HOURS", default="")
WEITAI_NOTICE_WINDOW = env.int("WEITAI_NOTICE_WINDOW", default=0)

# A terminal is for people: what the background work does every minute stays out of it.
LOGGING["loggers"]["kombu"] = {"handlers": ["console"], "level": "ERROR", "propagate": False}
LOGGING["loggers"]["celery"] = {"handlers": ["console"], "level": "WARNING", "propagate": False}
LOGGING["loggers"]["wagtail"] = {"handlers": ["console"], "level": "WARNING", "propagate": False}
LOGGING["loggers"]["django_tasks"] = {"handlers": ["console"], "level": "WARNING", "propagate": False}
