"""How is this installation set up? Everything a city changes comes from the environment; nothing secret is written here."""

import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from tools.database import data_folder, database_settings

ROOT = Path(__file__).resolve().parent.parent
DATA = data_folder()


def _kept_secret(name: str, length: int = 48) -> str:
    """A secret from the environment, else one made at the first start and kept beside the data, readable by its owner only."""
    if value := os.environ.get(f"SUQIU_{name.upper()}"):
        return value
    path = DATA / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(length))
        try:
            os.link(fresh, path)  # the first of two processes wins, the other reads what it wrote
        except FileExistsError:
            pass
        fresh.unlink()
    return path.read_text().strip()


SECRET_KEY = _kept_secret("secret_key")
CONTACT_KEY = _kept_secret("contact_key")  # encrypts contact data and keys their look-up index
DEBUG = os.environ.get("SUQIU_DEBUG") == "1"
DEMO = os.environ.get("SUQIU_DEMO", "1") == "1"  # demo passwords and the development mailbox exist only here
TLS = os.environ.get("TLS") == "1"
ALLOWED_HOSTS = os.environ.get("SUQIU_HOSTS", "*" if DEMO else "localhost,127.0.0.1").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("SUQIU_ORIGINS", "").split(",") if o]

SITE_ADDRESS = os.environ.get("SUQIU_ADDRESS", f"http{'s' if TLS else ''}://127.0.0.1:{os.environ.get('PORT', '8000')}")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "csp",
    "suqiu.directory",
    "suqiu.citizens",
    "suqiu.worktime",
    "suqiu.language",
    "suqiu.gateways",
    "suqiu.cases",
    "suqiu.intake",
    "suqiu.dispatch",
    "suqiu.handling",
    "suqiu.followup",
    "suqiu.desk",
    "suqiu.portal",
    "suqiu.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "suqiu.errors.LanguageByLink",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "suqiu.errors.RefusalsAnswered",
    "suqiu.desk.administration.first_password.OwnPasswordFirst",
]

ROOT_URLCONF = "suqiu.urls"
WSGI_APPLICATION = "suqiu.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "suqiu" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["suqiu.icons"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "suqiu.desk.context.shell",
            ],
        },
    }
]

DATABASES = {"default": database_settings()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_IMPORT_PATHS = ["suqiu.cases.periodic"]
# Step -> what follows. A dotted name, because the heart may not import what stands above it.
REACTIONS = "suqiu.reactions.AFTER"

AUTH_USER_MODEL = "directory.Officer"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/login/"

SESSION_ENGINE = "django.contrib.sessions.backends.db"  # one truth for all worker processes
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
CSRF_FAILURE_VIEW = "suqiu.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = [ROOT / "suqiu" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("SUQIU_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [ROOT / "suqiu" / "static"]
WHITENOISE_USE_FINDERS = True
ATTACHMENTS = DATA / "attachments"  # outside every web root; served by a view that asks visible_to
SEALS = Path(os.environ.get("SUQIU_SEALS", DATA / "seals"))  # a place outside: point it at another machine's disk
DATA_UPLOAD_MAX_MEMORY_SIZE = (
    12 * 1024 * 1024
)  # far more words than are taken, so that too many can be shown again; files apart
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
UPLOAD_LIMIT = 20 * 1024 * 1024  # bytes a file
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler", "suqiu.gateways.uploads.OnDisk"]

# How messages leave the house. Without an address they stay in the outbox with the reason; in the demo the mailbox page shows them.
SMS_ADDRESS = os.environ.get("SUQIU_SMS_ADDRESS", "")  # takes JSON {"to", "text"} by POST
EXCHANGE_ADDRESS = os.environ.get("SUQIU_EXCHANGE_ADDRESS", "")  # ami://user:secret@host:port/context
SMTP_HOST = os.environ.get("SUQIU_SMTP_HOST", "")
SMTP_PORT = int(os.environ.get("SUQIU_SMTP_PORT", "25"))
SMTP_FROM = os.environ.get("SUQIU_SMTP_FROM", "12345@localhost")
TRUSTED_PROXIES = tuple(p for p in os.environ.get("SUQIU_TRUSTED_PROXIES", "").split(",") if p)

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        "suqiu": {"level": "INFO"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
