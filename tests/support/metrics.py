"""What a Prometheus server and an uptime check see of the bot."""

from __future__ import annotations

import aiohttp
from prometheus_client import generate_latest

from bot.metrics.prometheus import PrometheusMeasures


def read(text: str) -> dict[str, float]:
    """Return the series of Prometheus' text format, such as ``name{label="value"}``, with their values."""
    lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {series: float(value) for series, _space, value in lines}


def counted(measures: PrometheusMeasures) -> dict[str, float]:
    """Return the series of the bot that are not zero, without those of its process and of its policy."""
    series = read(generate_latest(measures.registry).decode())
    bots = {name.removeprefix("privacy_bot_"): value for name, value in series.items() if "process_" not in name}
    return {name: value for name, value in bots.items() if value and "policy_info" not in name}


async def fetched(port: int, path: str, accept: str = "") -> tuple[int, str]:
    """Return status and text of what is shown at *path* on loopback."""
    url, headers = f"http://127.0.0.1:{port}{path}", {"Accept": accept} if accept else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text()
