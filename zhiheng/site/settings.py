"""Settings: everything a deployment may change is an environment variable."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from zhiheng.site import database, secret
from zhiheng.stages import ORDER

PACKAGE = Path(__file__).resolve().parents[1]

VAR = Path(os.environ.get("ZHIHENG_VAR", "var")).resolve()
# A folder that a demonstration built stays one whoever serves it: its pages must never pass for real ones.
DEMO = os.environ.get("ZHIHENG_DEMO") == "1" or (VAR / "demo.json").exists()
DEBUG = False
# Read at first use, so that a command that signs nothing leaves no file behind.
SECRET_KEY = lazy(secret.read_or_make, str)(VAR)

_HOSTS = ("localhost", "127.0.0.1", "[::1]", "testserver")
ALLOWED_HOSTS = [*_HOSTS, *filter(None, os.environ.get("ZHIHENG_HOSTS", "").split(","))]
CSRF_TRUSTED_ORIGINS = [*filter(None, os.environ.get("ZHIHENG_ORIGINS", "").split(","))]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "zhiheng.ledger",
    "zhiheng.people",
    "zhiheng.web",
    *(f"zhiheng.stages.{name}" for name in ORDER),
]
MIDDLEWARE = [
    "zhiheng.site.headers.secure",
    "zhiheng.web.printmark.PrintMarkMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zhiheng.site.idle.renew",
    "zhiheng.web.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "zhiheng.web.problems.ProblemMiddleware",
]
ROOT_URLCONF = "zhiheng.site.urls"
WSGI_APPLICATION = "zhiheng.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": database.from_url(os.environ.get("DATABASE_URL", ""), var=VAR)}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhiheng.web.shell.context",
            ],
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "site" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600

STATIC_URL = "/static/"
# Files are found in the packages themselves; nothing has to be collected before the first start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["zhiheng.people.sign_in.Backend"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/office/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "display_name")},
    },
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
# GB/T 22239-2019 8.1.4.1 asks for an end to repeated failures and for a time-out; it names no numbers.
# Five failures, a quarter of an hour and half an hour are the rule of this house.
SIGN_IN_FAILURES = 5
SIGN_IN_LOCK_MINUTES = 15

SESSION_COOKIE_NAME = "zhiheng"
SESSION_COOKIE_AGE = 30 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "zhiheng.web.problems.csrf_failure"
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Behind TLS (a reverse proxy that sets X-Forwarded-Proto) ZHIHENG_HTTPS=1 makes cookies and links secure.
HTTPS = os.environ.get("ZHIHENG_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 180 * 24 * 3600 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Bounds of the API for one key: each process of the site counts the requests of a minute for itself.
API_MAX_BYTES = 1024 * 1024
API_REQUESTS_A_MINUTE = int(os.environ.get("ZHIHENG_API_A_MINUTE", "600"))

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
# The log of public entries: its name, where its signing key lies (VAR/keys by default), one log or one a
# province. Without a name it has one that belongs to nobody (RFC 6761), so that it never passes for another.
LOG_ORIGIN = os.environ.get("ZHIHENG_LOG_ORIGIN", "") or (
    "demo.zhiheng.invalid/log" if DEMO else "unnamed.zhiheng.invalid/log"
)
LOG_KEY = os.environ.get("ZHIHENG_LOG_KEY", "")
LOG_SHARDS = os.environ.get("ZHIHENG_LOG_SHARDS", "")
# Who signs the twin of the log under SM3: package.module:object, or "software" for demonstrations.
SM_PROVIDER = os.environ.get("ZHIHENG_SM_PROVIDER", "")
# Policy files (c2sp.org/tlog-policy): whose witnesses are asked, and which logs this site witnesses.
LOG_POLICY = os.environ.get("ZHIHENG_LOG_POLICY", "")
WITNESS = os.environ.get("ZHIHENG_WITNESS", "")
WITNESS_NAME = os.environ.get("ZHIHENG_WITNESS_NAME", "") or f"{LOG_ORIGIN}/witness"

# Who publishes the open data, and the address of the licence it stands under. Both are for the office to say:
# without a licence the catalogue names none. What the demonstration invents belongs to nobody.
DATA_PUBLISHER = os.environ.get("ZHIHENG_PUBLISHER", "")
DATA_LICENCE = os.environ.get("ZHIHENG_DATA_LICENCE", "") or (
    "https://creativecommons.org/publicdomain/zero/1.0/" if DEMO else ""
)

EVIDENCE_MAX_BYTES = 512 * 1024 * 1024

# Loggers name events and keys of rows, never people; request lines stay out: an address may hold a search.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("ZHIHENG_LOG", "WARNING").upper()},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
    },
}
