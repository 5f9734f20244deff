"""The key of the pseudonyms: made at the first start, and changed without a moment in which none fits."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bot.config import KEY_VARIABLE, BadSecret, Settings

_KEY_BYTES = 32


def pseudonym_key(settings: Settings, *, is_made: bool = True) -> bytes:
    """Return the key of the pseudonyms, 32 bytes; made at the first start, unless it is not to be made.

    Raises `BadSecret`.
    """
    given = os.environ.get(KEY_VARIABLE)
    if given:
        return _key(given, KEY_VARIABLE)
    path = settings.key_file
    try:
        if is_made and not path.exists():
            _write_key(path)
        return _key(path.read_text(encoding="utf-8").strip(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise BadSecret(
            f"{path}: the key can be neither read nor made; the bot must be allowed to write there"
            if is_made
            else f"{path}: the key cannot be read; the bot's first start makes it"
        ) from error


def _write_key(path: Path) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(secrets.token_hex(_KEY_BYTES) + "\n", encoding="ascii")


def _next_key_file(settings: Settings) -> Path:
    return settings.key_file.with_name(f"{settings.key_file.name}.new")


def next_key(settings: Settings) -> bytes | None:
    """Return the key that was to take the place of the present one when the bot was stopped; raises `BadSecret`."""
    path = _next_key_file(settings)
    if os.environ.get(KEY_VARIABLE) or not path.exists():
        return None
    try:
        return _key(path.read_text(encoding="utf-8").strip(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise BadSecret(f"{path}: the key that was being changed cannot be read; make it readable") from error


def make_next_key(settings: Settings) -> bytes:
    """Return a new key, in a file beside the present one, on the disk for sure; raises `BadSecret`."""
    if os.environ.get(KEY_VARIABLE):
        raise BadSecret(f"the key is in {KEY_VARIABLE}; to have it changed, put it into 'key_file' instead")
    path = _next_key_file(settings)
    try:
        path.unlink(missing_ok=True)
        _write_key(path)
        _on_disk(path)
        _on_disk(path.parent)
        return _key(path.read_text(encoding="ascii").strip(), str(path))
    except OSError as error:
        raise BadSecret(f"{path}: the new key cannot be written: {error.strerror}") from error


def take_next_key(settings: Settings) -> None:
    """Have the next key take the place of the present one; raises `BadSecret`."""
    path = _next_key_file(settings)
    try:
        path.replace(settings.key_file)
        _on_disk(settings.key_file.parent)
    except OSError as error:
        raise BadSecret(f"{path}: cannot take the place of {settings.key_file.name}: {error.strerror}") from error


def drop_next_key(settings: Settings) -> None:
    """Have the present key stay."""
    _next_key_file(settings).unlink(missing_ok=True)


def _on_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _key(text: str, place: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < _KEY_BYTES:
        raise BadSecret(
            f"{place}: the key must be {2 * _KEY_BYTES} hexadecimal digits or more; restore it from a backup"
        )
    return key
