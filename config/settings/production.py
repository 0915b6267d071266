"""Production settings: the base, and safe by default. Development and test only loosen what they must."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.str("WEITAI_VAR", default=str(BASE_DIR / "var")))

# A demo signs anybody in as anybody; it must never meet real citizens' data.
WEITAI_DEMO = False
if env.bool("WEITAI_DEMO", default=False) and env.str("DJANGO_SETTINGS_MODULE", default="").endswith(".production"):
    raise ImproperlyConfigured("演示模式（WEITAI_DEMO）不能与生产设置同时使用。请去掉 WEITAI_DEMO 后再启动。")

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Personal fields (security: phone, name). First key encrypts, all decrypt, so keys can be rotated.
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
# Keyed index for look-ups and person tags: kept outside the database, never rotated without a re-index.
INDEX_KEY = env.str("INDEX_KEY", default="")

INSTALLED_APPS = [
    "home",
    "voting",
    "monitors",
    "projects",
    "portal",
    "config",
    "django.contrib.postgres",  # for Wagtail's search tables there; does nothing on SQLite
    "wagtail.sites",
    "portal.office.users_app.PeopleAppConfig",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "simple_history",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "config.middleware.AdminPolicyMiddleware",
    # Outside everything that sets cookies, so that it sees them all.
    "config.middleware.PrivateResponseMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.middleware.SessionAgeMiddleware",
    "portal.accounts.middleware.AdminDoorMiddleware",
    "config.middleware.StaffSecondFactorMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "config.forms.WeitaiFormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.site",
            ],
            "builtins": ["config.templatetags.ui", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# --- database -----------------------------------------------------------------------------------
# PostgreSQL by DATABASE_URL, else the embedded SQLite file. SQLite needs IMMEDIATE transactions (deferred ones
# fail with "database is locked" under concurrent writers), and the rollback journal with full sync: releases
# before 3.51.3 can corrupt the database in WAL mode.
DATABASES = {"default": env.db_url_config(env.str("DATABASE_URL", "") or f"sqlite:///{VAR_DIR / 'weitai.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c statement_timeout=15000 -c lock_timeout=4000"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- cache, queue -------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "weitai"}}
# With Redis down `cached_db` fails on reading; plain database sessions keep people signed in.
SESSION_ENGINE = "django.contrib.sessions.backends.db"

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 3} if REDIS_URL else {}
)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# --- people, sign-in ----------------------------------------------------------------------------
AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:after_sign_in"
LOGOUT_REDIRECT_URL = "/"
# django-allauth does passwords and second factors of staff; phones and codes are portal/accounts/codes.py
# (docs/decisions/002-sign-in.md). No e-mail, no sign-up of its own; wrong passwords: five in five minutes per account.
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/5m/key", "reauthenticate": "10/m/user"}
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.PasswordForm",
    "reauthenticate": "portal.accounts.forms.PasswordAgainForm",
}
MFA_ADAPTER = "portal.accounts.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "微台"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "portal.accounts.forms.SecondFactorForm",
    "reauthenticate": "portal.accounts.forms.SecondFactorAgainForm",
    "activate_totp": "portal.accounts.forms.ActivateForm",
}
WEITAI_STAFF_MFA = env.bool("WEITAI_STAFF_MFA", default=True)
# Brand line and footer, as JSON; the keys stand in config/context_processors.py.
WEITAI_FOOTER = env.json("WEITAI_FOOTER", default={})
# PDF: folders with further fonts, and whether those of the system are used too.
WEITAI_FONTS = env.list("WEITAI_FONTS", default=[])
WEITAI_SYSTEM_FONTS = env.bool("WEITAI_SYSTEM_FONTS", default=True)
# How many proxies of ours stand in front; the client's address is that many places from the right.
WEITAI_PROXY_DEPTH = env.int("WEITAI_PROXY_DEPTH", default=0)
# Suggestions of one network without a proof that a person sends them, then with one; of one account or phone a day.
WEITAI_SUBMITS_FREE_PER_HOUR = env.int("WEITAI_SUBMITS_FREE_PER_HOUR", default=5)
WEITAI_SUBMITS_PER_HOUR = env.int("WEITAI_SUBMITS_PER_HOUR", default=30)
WEITAI_SUBMITS_PER_DAY = env.int("WEITAI_SUBMITS_PER_DAY", default=100)
WEITAI_SUBMITS_PER_PERSON_DAY = env.int("WEITAI_SUBMITS_PER_PERSON_DAY", default=20)

# --- messages out -------------------------------------------------------------------------------
SMS_BACKEND = env.str("SMS_BACKEND", default="portal.channels.sms.HttpGateway")
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", default="")
SMS_GATEWAY_TOKEN = env.str("SMS_GATEWAY_TOKEN", default="")
# portal.channels.aliyun.AliyunGateway: its keys, the approved signature, and its code for each template of ours.
ALIYUN_SMS_URL = env.str("ALIYUN_SMS_URL", default="https://dysmsapi.aliyuncs.com")
ALIYUN_KEY_ID = env.str("ALIYUN_KEY_ID", default="")
ALIYUN_KEY_SECRET = env.str("ALIYUN_KEY_SECRET", default="")
SMS_SIGN_NAME = env.str("SMS_SIGN_NAME", default="微台")
SMS_TEMPLATES: dict[str, str] = env.json("SMS_TEMPLATES", default={})
# The official account; without an app id the city has none.
WECHAT_APP_ID = env.str("WECHAT_APP_ID", default="")
WECHAT_APP_SECRET = env.str("WECHAT_APP_SECRET", default="")
WECHAT_TEMPLATES: dict[str, Any] = env.json("WECHAT_TEMPLATES", default={})
WECHAT_URL = env.str("WECHAT_URL", default="https://api.weixin.qq.com")
WECHAT_AUTHORIZE_URL = env.str("WECHAT_AUTHORIZE_URL", default="https://open.weixin.qq.com/connect/oauth2/authorize")
WECHAT_BACKEND = "portal.channels.wechat.OfficialAccount" if WECHAT_APP_ID else ""
# Without a host the city sends no e-mail.
MAIL_HOST = env.str("MAIL_HOST", default="")
MAIL_SECURITY = env.str("MAIL_SECURITY", default="tls")  # tls (STARTTLS), ssl, none
MAIL_CHANNEL = "portal.channels.mail.Mail" if MAIL_HOST else ""
_SMTP = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": MAIL_HOST,
            "port": env.int("MAIL_PORT", default=587),
            "username": env.str("MAIL_USER", default=""),
            "password": env.str("MAIL_PASSWORD", default=""),
            "use_tls": MAIL_SECURITY == "tls",
            "use_ssl": MAIL_SECURITY == "ssl",
            "timeout": 20,
        },
    }
}
MAILERS: dict[str, Any] = (
    _SMTP if MAIL_HOST else {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
)
# A city may go without e-mail: nobody is offered it then, and nothing is sent.
SILENCED_SYSTEM_CHECKS = [] if MAIL_HOST else ["mail.E001"]
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="weitai@localhost")
# Hours in which nothing but sign-in codes goes out, "21:00-08:00", or empty; the first seconds in which further news for
# the same person join the same message; messages per phone and day.
WEITAI_QUIET_HOURS = env.str("WEITAI_QUIET_HOURS", default="21:00-08:00")
WEITAI_NOTICE_WINDOW = env.int("WEITAI_NOTICE_WINDOW", default=120)
WEITAI_SMS_PER_DAY = env.int("WEITAI_SMS_PER_DAY", default=10)
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000")
# The list of who was erased, outside the database and its backups: a restored backup is erased again by it.
WEITAI_ERASURES = env.str("WEITAI_ERASURES", default=str(VAR_DIR / "erasures.txt"))

# --- mail in: the office's mailbox; without a host there is none ---------------------------------
IMAP_HOST = env.str("IMAP_HOST", default="")
IMAP_PORT = env.int("IMAP_PORT", default=993)
IMAP_TLS = env.bool("IMAP_TLS", default=True)
IMAP_USER = env.str("IMAP_USER", default="")
IMAP_PASSWORD = env.str("IMAP_PASSWORD", default="")
IMAP_FOLDER = env.str("IMAP_FOLDER", default="INBOX")

# --- language, time -----------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", "简体中文")]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
WAGTAIL_USER_TIME_ZONES = ["Asia/Shanghai"]
USE_I18N = True
USE_TZ = True

# --- files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
PRIVATE_ROOT = VAR_DIR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- guards -------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if env.bool("WEITAI_BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 7 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "media-src": [CSP.SELF, "blob:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
# Wagtail's admin carries inline scripts and styles (measured on 8.0); nothing foreign even there.
WEITAI_ADMIN_CSP = SECURE_CSP | {
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
    "frame-src": [CSP.SELF],
}

# --- Wagtail ------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "微台"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_I18N_ENABLED = False
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "csv", "txt"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "heic"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_IMAGE_FORM_BASE = "home.forms.PictureForm"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "config.search"}}

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_personal_data": {"()": "config.personal.MaskPersonal"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_personal_data"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
