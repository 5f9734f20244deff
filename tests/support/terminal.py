"""Reading what a program shows at a pseudo terminal."""

import os
import re
import select


def read_until(terminal: int, expected: str) -> str:
    """What the terminal shows, until it matches a pattern.

    Raises:
        AssertionError: it does not come within half a minute.
    """
    seen = b""
    while re.search(expected, seen.decode(errors="replace"), re.DOTALL) is None:
        ready, _, _ = select.select([terminal], [], [], 30)
        try:
            part = os.read(terminal, 4096) if ready else b""
        except OSError:  # EIO: the program has ended
            part = b""
        assert part, seen.decode(errors="replace")
        seen += part
    return seen.decode(errors="replace")
