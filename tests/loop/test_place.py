"""A demonstration never empties a folder that is not its own, and knows when its steps happen."""

from __future__ import annotations

import json
from datetime import date

import pytest

from zhiheng import errors
from zhiheng.site.cli import main
from zhiheng.site.demo import field, place
from zhiheng.site.demo.calendar import Quarter
from zhiheng.site.demo.scale import PROVINCE, SCALES


def marked(var):
    place.mark(var, {"accounts": []})
    return var


def test_an_empty_or_missing_folder_is_taken(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)

    place.clear(tmp_path / "new")

    assert list((tmp_path / "new").iterdir()) == []


def test_an_earlier_demonstration_is_emptied_but_for_its_mark(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    var = marked(tmp_path)
    (var / "zhiheng.sqlite3").write_bytes(b"x")
    (var / "bundles").mkdir()
    (var / "bundles" / "draw-1.json").write_text("{}")

    place.clear(var)

    assert [path.name for path in var.iterdir()] == [place.MARK]


@pytest.mark.parametrize("name", ["zhiheng.sqlite3", "letters.docx", "secret_key"])
def test_a_folder_without_the_mark_is_refused_and_kept(tmp_path, monkeypatch, capsys, name):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("ZHIHENG_VAR", str(tmp_path))
    (tmp_path / name).write_bytes(b"real")

    assert main(["demo", "--no-serve"]) == 2
    assert (tmp_path / name).read_bytes() == b"real"
    assert "not the folder of a demonstration" in capsys.readouterr().err


def test_a_stranger_among_the_files_of_a_demonstration_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    var = marked(tmp_path)
    (var / "report.docx").write_bytes(b"real")

    with pytest.raises(errors.Conflict, match=r"report\.docx"):
        place.clear(var)

    assert (var / "report.docx").exists()


def test_another_database_is_never_touched(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://office@db/real")

    with pytest.raises(errors.Conflict, match="DATABASE_URL"):
        place.clear(tmp_path)


def test_the_mark_with_the_passwords_is_readable_by_its_owner_alone(tmp_path):
    place.mark(tmp_path, {"accounts": [{"password": "x"}]})

    assert (tmp_path / place.MARK).stat().st_mode & 0o777 == 0o600
    assert json.loads((tmp_path / place.MARK).read_text("utf-8"))["accounts"]


@pytest.mark.parametrize("words", [["--scale", "planet"], ["--seed", "x"], ["extra"]])
def test_a_wrong_command_ends_with_2_and_builds_nothing(tmp_path, monkeypatch, words):
    monkeypatch.setenv("ZHIHENG_VAR", str(tmp_path))

    assert main(["demo", *words]) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("period", "following", "released"),
    [("2023Q1", "2023Q2", date(2023, 4, 3)), ("2025Q4", "2026Q1", date(2026, 1, 3))],
)
def test_a_quarter_is_released_at_the_start_of_the_next(period, following, released):
    quarter = Quarter(period)

    assert quarter.next == Quarter(following)
    assert quarter.released_on == released
    assert Quarter.of(quarter.start) == quarter


def test_results_are_final_before_the_release_of_their_quarter():
    quarter = Quarter("2025Q1")
    last_report = quarter.at(9).toordinal() + 30 + 20
    objection_over = last_report + 15

    assert objection_over < quarter.released_on.toordinal()


def test_every_scale_draws_every_class_and_lives_through_whole_years():
    for scale in SCALES.values():
        assert set(scale.fractions) == set("ABCD")
        assert scale.years == ("2023", "2024", "2025")
    assert SCALES["small"].offices == (PROVINCE,)
    assert len(SCALES["nation"].offices) == 31


def test_ids_and_secrets_follow_from_the_seed():
    assert field.duty_id(1, PROVINCE, "2025Q1") == field.duty_id(1, PROVINCE, "2025Q1")
    assert field.duty_id(1, PROVINCE, "2025Q1") != field.duty_id(2, PROVINCE, "2025Q1")
    assert field.duty_id(1, PROVINCE, "2025Q1").version == 8
    assert field.secret(1, "x") != field.secret(2, "x") != field.beacon(2, "x")
    assert len(field.secret(1, "x")) == 32
