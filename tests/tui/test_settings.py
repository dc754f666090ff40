"""The settings file, and the services that read it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from quizbank.errors import PlainError
from tui.services import open_services
from tui.settings import Settings, load, save


def test_defaults_where_there_is_no_file(tmp_path: Path) -> None:
    loaded = load(tmp_path / "settings.json", language="zh")
    assert loaded.settings == Settings(language="zh")
    assert loaded.notice is None


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    chosen = Settings(language="zh", theme="preptrain-light", new_per_day=30)
    save(path, chosen)
    assert load(path).settings == chosen
    assert [file.name for file in tmp_path.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("text", [b"{", b"[]", b"\xff\xfe", b"", b"[" * 100_000, b"null"])
def test_a_broken_file_gives_defaults_and_is_kept(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(text)
    loaded = load(path)
    assert loaded.settings == Settings()
    assert loaded.notice is not None
    assert "settings.json" in loaded.notice.en
    assert (tmp_path / "settings.json.broken").read_bytes() == text
    save(path, loaded.settings)
    assert load(path).notice is None


def test_values_that_make_no_sense_fall_back_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"language": "fr", "theme": 3, "new_per_day": True, "more": 1}))
    assert load(path).settings == Settings()
    path.write_text(json.dumps({"language": "zh", "new_per_day": 10**9}))
    assert load(path).settings == Settings(language="zh")


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings.json").mkdir()
    loaded = load(tmp_path / "settings.json")
    assert loaded.settings == Settings()
    assert loaded.notice is not None


def test_services_take_the_settings_and_the_language_of_this_run(tmp_path: Path) -> None:
    save_in(tmp_path, Settings(language="en", new_per_day=5))
    services = open_services(tmp_path, None, "zh")
    try:
        assert services.settings == Settings(language="zh", new_per_day=5)
        assert services.places.workspace == tmp_path / "workspace"
    finally:
        services.close()
        services.close()  # the command line may close them again


def save_in(home: Path, settings: Settings) -> None:
    save(home / "settings.json", settings)


def test_a_broken_settings_file_does_not_stop_the_app(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")
    services = open_services(tmp_path)
    assert [notice.en for notice in services.notices if "settings.json" in notice.en]
    services.close()


def test_a_record_that_is_no_database_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "record.db").write_text("not a database, but long enough to be looked at as one" * 20)
    with pytest.raises(PlainError):
        open_services(tmp_path)


def test_a_record_of_a_newer_version_is_a_plain_error(tmp_path: Path) -> None:
    open_services(tmp_path).close()
    with sqlite3.connect(tmp_path / "record.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(PlainError):
        open_services(tmp_path)


def test_a_home_that_is_a_file_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(PlainError):
        open_services(tmp_path / "home")
