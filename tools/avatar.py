#!/usr/bin/env python3
"""Draws data/avatar.png: a speech bubble with a keyhole, with nothing but the standard library."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

SIZE = 96
SCALE = 4
BACKGROUND, BUBBLE, HOLE = (31, 78, 121), (255, 255, 255), (31, 78, 121)


def _in_bubble(x: float, y: float) -> bool:
    left, top, right, bottom, radius = 16.0, 18.0, 80.0, 66.0, 14.0
    nearest_x = min(max(x, left + radius), right - radius)
    nearest_y = min(max(y, top + radius), bottom - radius)
    tail = bottom - 2 <= y <= bottom + 16 and 28 <= x <= 28 + (bottom + 16 - y)
    return (x - nearest_x) ** 2 + (y - nearest_y) ** 2 <= radius**2 or tail


def _in_keyhole(x: float, y: float) -> bool:
    return (x - 48) ** 2 + (y - 37) ** 2 <= 7**2 or (37 <= y <= 54 and abs(x - 48) <= 2.5 + (y - 37) * 0.18)


def _colour(x: float, y: float) -> tuple[int, int, int]:
    if _in_keyhole(x, y):
        return HOLE
    return BUBBLE if _in_bubble(x, y) else BACKGROUND


def _pixel(column: int, row: int) -> bytes:
    """Return one pixel as the mean of several samples, so that edges are smooth."""
    steps = [(part + 0.5) / SCALE for part in range(SCALE)]
    samples = [_colour(column + dx, row + dy) for dx in steps for dy in steps]
    return bytes(sum(channel) // len(samples) for channel in zip(*samples, strict=True))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def main() -> int:
    """Write the picture."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y) for x in range(SIZE)) for y in range(SIZE))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    parts = [_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b"")]
    path = Path(__file__).resolve().parent.parent / "data" / "avatar.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
