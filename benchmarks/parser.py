"""A component of slixmpp that parses what comes and answers pings, nothing else: python -m benchmarks.parser PORT."""

from __future__ import annotations

import asyncio
import sys

from slixmpp import ComponentXMPP


async def _main(port: int) -> None:
    component = ComponentXMPP("privacy.localhost", "secret", "127.0.0.1", port)
    component.register_plugin("xep_0199")
    component.connect()
    await component.disconnected


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
