"""One copy: written to a temporary file, encrypted on the way, and uploaded as the account's own file."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from bot.answers.copying import ALL, ENCRYPTED, Failure, Ready
from bot.answers.holdings import title_of
from bot.claims.export import Export
from bot.export import Encrypted, Manifest, NoSpace, Order, aesgcm_link, write_bundle
from bot.export.http import HttpFetch
from bot.export.manifest import FILES, Reason
from bot.export.upload import UploadFailed, UploadReason, upload
from bot.i18n import translator
from bot.policy.observed import Holding, Slot
from bot.rights.places import CopyFailed, Places
from bot.rights.world import World
from bot.servers import Unreachable, Unsupported

_LOG = logging.getLogger("privacy-bot")

_TYPE = "application/octet-stream"

_USUAL_LIMIT = 100_000_000
"""Bytes that a file may have where the server does not say."""

_FOR_FILES = 0.8
"""Of what an upload may have, so much is for uploaded files; the rest is for everything else."""

Progress = Callable[[int, int | None], Awaitable[None]]


async def made(world: World, places: Places, export: Export, progress: Progress) -> Ready | None:
    """Make the copy, upload it, and return what can be said of it; None when the account is another one now.

    Raises:
        CopyFailed: it cannot be had.
        ServerError: trying again may help; `NoSuchAccount` when there is nobody any more.
    """
    limit = await _limit(world)
    for most in (int(limit * _FOR_FILES), 0):  # without the files, when it is too large with them
        try:
            with tempfile.TemporaryFile(dir=places.scratch) as file:
                written = await _written(world, places, export, file, most, progress)
                if export.whose is None or not await world.is_still_there(export.whose):
                    return None
                slot = await _slot(world, export, written.size)
                if slot.refused == "too_large" and written.manifest.files:
                    continue
                return await _uploaded(places, export, file, written, slot, world)
        except NoSpace as error:
            _LOG.error("%s: the disk is full: no copy can be made", export.reference)
            raise CopyFailed(Failure.NO_SPACE) from error
        except OSError as error:
            _LOG.error("%s: no copy can be made: %s; check 'rights.scratch'", export.reference, error.strerror)
            raise CopyFailed(Failure.NO_SPACE) from error
    raise CopyFailed(Failure.TOO_LARGE)


@dataclass(frozen=True, slots=True)
class _Written:
    manifest: Manifest
    encrypted: Encrypted | None
    size: int


async def _written(
    world: World, places: Places, export: Export, file: IO[bytes], most: int, progress: Progress
) -> _Written:
    assert export.whose is not None  # noqa: S101 -- it is under way
    target = Encrypted(file) if export.form == ENCRYPTED else None
    order = Order(
        categories=() if export.what == ALL else (export.what,),
        include_files=most > 0,
        fetch=HttpFetch(tls=places.tls),
        most_bytes_of_files=most,
        scratch=places.scratch,
    )
    now, tr = world.clock(), translator(export.language, world.policy.form_of_address)
    manifest = await write_bundle(world.server, export.whose.name, order, target or file, tr, now, progress)
    if target is not None:
        target.finish()
    file.flush()
    return _Written(manifest, target, file.tell())


async def _limit(world: World) -> int:
    """Return how many bytes an upload may have."""
    told = [setting.value for setting in (await world.server.settings()).of("uploads.size_limit")]
    known = [int(value) for value in told if isinstance(value, int | float) and value > 0]
    return min(known, default=_USUAL_LIMIT)


async def _slot(world: World, export: Export, size: int) -> Slot:
    assert export.whose is not None  # noqa: S101 -- it is under way
    name = f"data-{world.clock():%Y-%m-%d}.zip"
    try:
        return await world.server.slot(export.whose.name, name, size, _TYPE)
    except Unsupported as error:
        raise CopyFailed(Failure.UPLOAD) from error


async def _uploaded(
    places: Places, export: Export, file: IO[bytes], written: _Written, slot: Slot, world: World
) -> Ready:
    match slot.refused:
        case None:
            pass
        case "too_large":
            raise CopyFailed(Failure.TOO_LARGE)
        case "quota":
            raise CopyFailed(Failure.QUOTA)
        case _:
            raise CopyFailed(Failure.UPLOAD)
    file.seek(0)
    try:
        await upload(file, written.size, slot, places.tls)
    except UploadFailed as error:
        if error.reason is UploadReason.UNREACHABLE:
            raise Unreachable("the upload service does not answer") from error
        raise CopyFailed(Failure.QUOTA if error.reason is UploadReason.FULL else Failure.UPLOAD) from error
    key, manifest = written.encrypted, written.manifest
    kept = slot.retention
    missing = tuple(
        title_of(Holding(category=part.category))
        for part in manifest.parts
        if not part.complete and part.reason is not Reason.ABSENT
    )
    return Ready(
        slot.get if key is None else aesgcm_link(slot.get, key.iv, key.key),
        export.form,
        written.size,
        manifest.records,
        len(manifest.files),
        world.clock() + timedelta(seconds=kept) if isinstance(kept, float) else None,
        missing,
        sum(one.what == FILES for one in manifest.missing),
    )
