"""The companion module on Prosody that is set up as few are, or whose files are damaged."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.policy.terms import Category
from bot.servers import NoSuchAccount, ServerError, Unsupported
from demo.servers import Extra, Server, find, running
from tests.support.client import PASSWORD
from tests.support.companion import connected
from tests.support.prosody import START, hasten, plant_store, write_list
from tests.support.versions import versions_of

every_version = pytest.mark.parametrize("version", versions_of("prosody"))

_SLOT = (
    'item({{\n\t["key"] = "slot{index}";\n\t["when"] = {when};\n\t["with"] = "{owner}@localhost";\n'
    '\t["name"] = "request";\n'
    '\t["attr"] = {{\n\t\t["xmlns"] = "urn:xmpp:http:upload:0";\n\t\t["filename"] = "item({{ {index}.png";\n'
    '\t\t["size"] = "7";\n\t\t["stamp"] = "2023-11-14T22:13:20Z";\n\t}};\n}});\n'
)

FOR_EVER = "http_file_share_expires_after = 1000000000"
"""What is planted is years old, and Prosody removes a second after its start what is over."""

AUTHENTICATION = """\
-- Accounts of somebody else's directory: they can be looked up, not removed.
module:provides("auth", {
	name = "elsewhere";
	user_exists = function (name) return name == "romeo"; end;
	users = function () return pairs { romeo = true }; end;
	test_password = function () return true; end;
	get_sasl_handler = function ()
		return require "util.sasl".new(module.host, { plain_test = function () return true, true; end });
	end;
});
"""


def plant_slots(server: Server, owners: list[str], service: str = "upload") -> Path:
    """Write the one file that has the slots of everybody's uploads; return it."""
    path = server.directory / "data" / f"{service}%2elocalhost" / "uploads.list"
    path.parent.mkdir(parents=True, exist_ok=True)
    slots = (_SLOT.format(index=index, when=START + index, owner=owner) for index, owner in enumerate(owners))
    path.write_text("".join(slots))
    return path


@every_version
async def test_two_people_erase_their_files_at_once_and_nobody_elses(version: str, tmp_path: Path) -> None:
    each = 4_000
    settings = f"{FOR_EVER}\nstorage_archive_item_limit = 1000000"
    with running(find("prosody", version), tmp_path, extra=Extra(settings=settings)) as server:
        for name in ("romeo", "juliet", "nurse"):
            server.add_account(name, PASSWORD)
        path = plant_slots(server, ["romeo", "juliet", "nurse"] * each)
        async with connected(server) as line:
            orders = (line.companion.erase(name, Category.UPLOADS) for name in ("romeo", "juliet", "romeo"))
            await asyncio.gather(*orders)
        left = path.read_text()
        assert [left.count(f'["with"] = "{name}@localhost"') for name in ("romeo", "juliet", "nurse")] == [0, 0, each]
        assert left.count("\n});\n") == each
        assert [one.name for one in path.parent.iterdir() if one.is_file() and "privacy" in one.name] == []


@every_version
async def test_files_on_somebody_elses_server_are_told_and_not_claimed_to_be_erased(
    version: str, tmp_path: Path
) -> None:
    service = 'Component "files.localhost" "http_file_share"\nhttp_file_share_base_url = "https://files.example/"'
    elsewhere = Extra(components=f'{service}\nhttp_file_share_secret = "of the other server"\n')
    with running(find("prosody", version), tmp_path, extra=elsewhere) as server:
        server.add_account("romeo", PASSWORD)
        plant_slots(server, ["romeo"], "files")
        async with connected(server) as line:
            [held] = (await line.companion.inventory("romeo", [Category.UPLOADS], details=5)).holdings
            assert (held.count, held.bytes, held.retention) == (1, 7, None)
            assert "expires" not in held.items[0]
            erased = await line.companion.erase("romeo", Category.UPLOADS)
            assert (erased.erased, [one.count for one in erased.left]) == (0, [1])


@every_version
async def test_what_was_given_at_the_registration_is_told(version: str, tmp_path: Path) -> None:
    with running(find("prosody", version), tmp_path, extra=Extra()) as server:
        server.add_account("romeo", PASSWORD)
        plant_store(server, "account_details", "romeo", "email", "romeo@elsewhere.example")
        async with connected(server) as line:
            [held] = (await line.companion.inventory("romeo", [Category.ACCOUNT], details=5)).holdings
            given = {"name": "email", "value": "romeo@elsewhere.example"}
            assert (held.facts["given"], held.items) == (1, (given,))
            assert (await line.companion.records("romeo", Category.ACCOUNT)).items == (given,)


@every_version
async def test_an_account_whose_file_is_damaged_is_not_said_to_be_gone(version: str, tmp_path: Path) -> None:
    with running(find("prosody", version), tmp_path, extra=Extra()) as server:
        server.add_account("romeo", PASSWORD)
        (server.directory / "data" / "localhost" / "accounts" / "romeo.dat").write_text("return {")
        async with connected(server) as line:
            for ask in (line.companion.inventory("romeo"), line.companion.erase("romeo", Category.ARCHIVE)):
                with pytest.raises(ServerError) as told:
                    await ask
                assert not isinstance(told.value, NoSuchAccount)


@every_version
async def test_accounts_that_prosody_cannot_remove_stay_whole(version: str, tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "mod_auth_elsewhere.lua").write_text(AUTHENTICATION)
    settings = f'installer_plugin_path = "{plugins}"\n{FOR_EVER}'
    extra = Extra(settings=settings, modules='authentication = "elsewhere"')
    with running(find("prosody", version), tmp_path, extra=extra) as server:
        plant_slots(server, ["romeo"])
        async with connected(server) as line:
            assert Category.ACCOUNT not in (await line.companion.hello()).erasable
            with pytest.raises(Unsupported):
                await line.companion.erase("romeo", Category.ACCOUNT)
            [held] = (await line.companion.inventory("romeo", [Category.UPLOADS])).holdings
            assert held.facts["unused_slots"] == 1, "nothing was begun"


def at(index: int) -> datetime:
    """When the item of that index was stored."""
    return datetime.fromtimestamp(START + index, UTC)


@every_version
async def test_only_the_older_files_of_one_person_go(version: str, tmp_path: Path) -> None:
    with running(find("prosody", version), tmp_path, extra=Extra(settings=FOR_EVER)) as server:
        for name in ("romeo", "juliet"):
            server.add_account(name, PASSWORD)
        path = plant_slots(server, ["romeo", "juliet"] * 100)
        files = path.parent / "http_file_share"
        files.mkdir()
        for index in range(200):
            (files / f"slot{index}.bin").write_text("1234567")
        async with connected(server) as line:
            [older] = (await line.companion.inventory("romeo", [Category.UPLOADS], 200, at(100))).holdings
            assert (older.count, older.bytes, older.oldest, older.newest) == (50, 350, at(0), at(98))
            assert {item["id"] for item in older.items} == {f"slot{index}" for index in range(0, 100, 2)}
            erased = await line.companion.erase("romeo", Category.UPLOADS, at(100))
            assert (erased.erased, erased.left[0].count, erased.left[0].oldest) == (50, 50, at(100))
            [hers] = (await line.companion.inventory("juliet", [Category.UPLOADS])).holdings
            assert (hers.count, hers.facts["unused_slots"]) == (100, 0)
        left = {one.name for one in files.iterdir()}
        assert left == {f"slot{index}.bin" for index in range(200) if index % 2 or index >= 100}
        assert path.read_text().count("\n});\n") == 150


@every_version
async def test_of_a_damaged_archive_nothing_is_erased_by_time(version: str, tmp_path: Path) -> None:
    with running(find("prosody", version), tmp_path, extra=Extra(settings='archive_expires_after = "never"')) as server:
        server.add_account("romeo", PASSWORD)
        write_list(server, "romeo", range(10))
        path = server.directory / "data" / "localhost" / "archive" / "romeo.list"
        damaged = path.read_text() + 'item({\n\t["key"] = "half'
        path.write_text(damaged)
        async with connected(server) as line:
            found = await line.companion.inventory("romeo", [Category.ARCHIVE], before=at(5))
            assert [(failure.category, failure.reason) for failure in found.failed] == [("archive", "error")]
            with pytest.raises(ServerError):
                await line.companion.erase("romeo", Category.ARCHIVE, at(5))
        assert path.read_text() == damaged
        assert [one.name for one in path.parent.iterdir()] == ["romeo.list"]
        log = server.log.read_text()
        assert "damaged item" in log
        assert not [line for line in log.splitlines() if "failed:" in line and "romeo" in line]


@every_version
async def test_a_damaged_entry_of_somebody_else_keeps_nobody_from_erasing(version: str, tmp_path: Path) -> None:
    with running(find("prosody", version), tmp_path, extra=Extra(settings=FOR_EVER)) as server:
        server.add_account("romeo", PASSWORD)
        path = plant_slots(server, ["romeo", "romeo"])
        hers = 'item({\n\t["key"] = "half";\n\t["with"] = "juliet@localhost";\n\t["na\n'
        path.write_text(hers + path.read_text())
        async with connected(server) as line:
            for before in (at(1), None):
                await line.companion.erase("romeo", Category.UPLOADS, before)
                left = path.read_text()
                assert left.count("romeo@localhost") == (1 if before else 0)
                assert left.startswith(hers)


@every_version
async def test_what_the_module_remembers_may_be_damaged(version: str, tmp_path: Path) -> None:
    with running(find("prosody", version), tmp_path, extra=Extra()) as server:
        server.add_account("romeo", PASSWORD)
        server.stop()
        (server.directory / "data" / "localhost" / "privacy_bot_state.dat").write_text("return {")
        server.start()
        async with connected(server) as line:
            await line.companion.slot("romeo", "a.txt", 1, "text/plain")
            await line.companion.erase("romeo", Category.UPLOADS)
        server.stop()
        assert hasten(server, 0) == 1
