"""The settings are those of a site that could stand in public; importing them leaves no file behind."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core import checks
from django.test import Client

from zhiheng.site import headers


def in_a_new_process(code, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "zhiheng.site.settings",
            "DATABASE_URL": "",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_importing_the_settings_leaves_no_file_behind(tmp_path):
    done = in_a_new_process(
        "from django.conf import settings; print(settings.VAR, settings.DEMO, settings.ALLOWED_HOSTS)",
        ZHIHENG_VAR=str(tmp_path / "var"),
        ZHIHENG_DEMO="1",
        ZHIHENG_HOSTS="zhiheng.example,",
    )

    assert done.returncode == 0, done.stderr
    assert "True" in done.stdout
    assert "'zhiheng.example']" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_start_makes_the_folder_and_its_arguments_win(tmp_path):
    done = in_a_new_process(
        f"from zhiheng.site import setup; setup.start(demo=True, var={str(tmp_path / 'other')!r});"
        "from django.conf import settings; print(settings.DEMO, settings.VAR, len(settings.SECRET_KEY) > 49)",
        ZHIHENG_VAR=str(tmp_path / "var"),
        ZHIHENG_DEMO="0",
    )

    assert done.stdout.split() == ["True", str(tmp_path / "other"), "True"], done.stderr
    assert not (tmp_path / "var").exists()
    assert (tmp_path / "other" / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("asked", ["", "0"])
def test_the_folder_of_a_demonstration_is_one_whoever_serves_it(tmp_path, asked):
    (tmp_path / "demo.json").write_text("{}", encoding="utf-8")

    done = in_a_new_process(
        "from django.conf import settings; print(settings.DEMO)",
        ZHIHENG_VAR=str(tmp_path),
        ZHIHENG_DEMO=asked,
    )

    assert done.stdout.strip() == "True", done.stderr


def test_behind_tls_cookies_and_redirects_are_secure(tmp_path):
    done = in_a_new_process(
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE);"
        "print(s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0)",
        ZHIHENG_VAR=str(tmp_path),
        ZHIHENG_HTTPS="1",
    )

    assert done.stdout.split() == ["True"] * 4, done.stderr


@pytest.mark.django_db
def test_djangos_own_checks_find_nothing():
    assert checks.run_checks(databases=["default"]) == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/no-such-page/"])
def test_every_answer_carries_the_strict_policy(path):
    answer = Client(raise_request_exception=False).get(path)

    policy = answer.headers["Content-Security-Policy"]
    assert policy == headers.POLICY
    for part in (
        "default-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "img-src 'self' data:",
        "worker-src 'self'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_pages_of_a_person_are_not_kept_by_a_shared_cache(client, person_with):
    client.force_login(person_with("officer"))

    assert "no-store" in client.get("/no-such-page/").headers["Cache-Control"]


@pytest.mark.django_db
def test_a_foreign_host_name_is_refused():
    answer = Client(raise_request_exception=False).get("/sign-in/", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert "ZHIHENG_HOSTS" in answer.content.decode()
    assert answer.headers["Content-Security-Policy"] == headers.POLICY
