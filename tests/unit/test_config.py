"""The configuration: every mistake with its place, secrets apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import config
from bot.config import BadSecret, component_secret, read_settings
from bot.files import BadFile
from bot.keys import pseudonym_key

GOOD = "component: privacy.example.org\npolicy: policy.yaml\n"


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(config.SECRET_VARIABLE, raising=False)
    monkeypatch.delenv(config.KEY_VARIABLE, raising=False)
    path = tmp_path / "bot.yaml"
    path.write_text(GOOD)
    return path


def test_defaults_and_paths_relative_to_the_file(written: Path) -> None:
    settings = read_settings(written)
    assert (settings.server.host, settings.server.port) == ("127.0.0.1", 5347)
    assert settings.policy == written.parent / "policy.yaml"
    assert settings.store == str(written.parent / "privacy-bot.db")
    assert settings.key_file == written.parent / "privacy-bot.key"


def test_a_database_url_stays_as_it_is(written: Path) -> None:
    written.write_text(GOOD + "store: postgresql+asyncpg://bot@db/bot\n")
    assert read_settings(written).store == "postgresql+asyncpg://bot@db/bot"


def test_all_mistakes_at_once_with_places(written: Path) -> None:
    written.write_text("component: privacy@example.org\nserver: {hots: x, port: 99999}\nlog_level: loud\n")
    with pytest.raises(BadFile) as refused:
        read_settings(written)
    said = str(refused.value).splitlines()
    places = [line.removeprefix(f"{written}:").split(" ")[0] for line in said]
    assert places == ["1:1:", "1:1:", "2:10:", "2:19:", "3:1:"]
    assert any("'policy' is missing" in line for line in said)
    assert any("unknown key 'hots'; did you mean 'host'?" in line for line in said)
    assert any("'loud' is not known here" in line for line in said)


@pytest.mark.parametrize(
    ("metrics", "place", "said"),
    [
        ("{host: 127.0.0.1}", "3:1:", "the key 'port' is missing"),
        ("{port: 0}", "3:11:", "'0' is out of range"),
        ("{port: 9187, host: 0.0.0.0}", "3:23:", "put a reverse proxy with TLS and a password in front"),
        ("{port: 9187, host: '::'}", "3:23:", "'::' can be reached from elsewhere"),
        ("{port: 9187, host: example.org}", "3:23:", "take 127.0.0.1 or ::1"),
    ],
)
def test_metrics_are_for_this_machine_only(written: Path, metrics: str, place: str, said: str) -> None:
    written.write_text(f"{GOOD}metrics: {metrics}\n")
    with pytest.raises(BadFile) as refused:
        read_settings(written)
    assert str(refused.value).startswith(f"{written}:{place} ")
    assert said in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_metrics_are_off_unless_a_port_is_named(written: Path, host: str) -> None:
    assert read_settings(written).metrics is None
    written.write_text(f"{GOOD}metrics: {{port: 9187, host: '{host}'}}\n")
    chosen = read_settings(written).metrics
    assert chosen is not None
    assert (chosen.port, chosen.host) == (9187, host)


def test_the_secret_comes_from_the_environment_or_a_file(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadSecret, match=r"secret_file.*PRIVACY_BOT_SECRET"):
        component_secret(read_settings(written))
    (written.parent / "secret").write_text("hush\n")
    written.write_text(GOOD + "secret_file: secret\n")
    assert component_secret(read_settings(written)) == "hush"
    monkeypatch.setenv(config.SECRET_VARIABLE, "louder")
    assert component_secret(read_settings(written)) == "louder"


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), ("  \n", "is empty")])
def test_a_secret_that_cannot_be_used(written: Path, content: str | None, said: str) -> None:
    if content is not None:
        (written.parent / "secret").write_text(content)
    written.write_text(GOOD + "secret_file: secret\n")
    with pytest.raises(BadSecret, match=said):
        component_secret(read_settings(written))


def test_the_key_is_made_once_and_only_for_its_owner(written: Path) -> None:
    settings = read_settings(written)
    key = pseudonym_key(settings)
    assert len(key) == 32
    assert pseudonym_key(settings) == key
    assert settings.key_file.stat().st_mode & 0o777 == 0o600


def test_a_garbled_key_is_refused(written: Path) -> None:
    settings = read_settings(written)
    settings.key_file.write_text("not a key")
    with pytest.raises(BadSecret, match="hexadecimal"):
        pseudonym_key(settings)
    settings.key_file.unlink()
    settings.key_file.mkdir()
    with pytest.raises(BadSecret, match="allowed to write"):
        pseudonym_key(settings)


def test_others_reading_the_secret_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("x")
    path.chmod(0o644)
    assert config.readable_by_others(path)
    path.chmod(0o600)
    assert not config.readable_by_others(path)


def test_a_list_for_a_path_is_told_in_plain_words(written: Path) -> None:
    written.write_text("component: privacy.example.org\npolicy: [a]\n")
    with pytest.raises(BadFile, match=r":2:1: a text is needed here, not a list"):
        read_settings(written)


def test_an_administrator_has_an_account_here(written: Path) -> None:
    written.write_text(GOOD + "admins: [kim@example.org, eve@elsewhere.example]\n")
    with pytest.raises(
        BadFile, match=r":3:1: eve@elsewhere\.example: an administrator needs an account at example\.org"
    ):
        read_settings(written)
    written.write_text(GOOD + "host: elsewhere.example\nadmins: [eve@elsewhere.example]\n")
    assert read_settings(written).admins == {"eve@elsewhere.example"}


def test_how_fast_everybody_is_told(written: Path) -> None:
    assert read_settings(written).announcements.per_second is None
    written.write_text(GOOD + "announcements: {per_second: 50}\n")
    assert read_settings(written).announcements.per_second == 50
    written.write_text(GOOD + "announcements: {per_second: 0}\n")
    with pytest.raises(BadFile, match=r":3:17: '0' is out of range"):
        read_settings(written)
