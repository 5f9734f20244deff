"""The bot as it is measured: its configuration."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_CONFIG = """\
component: privacy.localhost
server: {{port: {port}}}
policy: {policy}
rate_limit: {{messages: 1000000, per: 1 minute}}
log_level: error
"""


def written(port: int, directory: Path) -> Path:
    """Write the configuration of a bot that connects to *port*; return its path."""
    config = directory / "config.yaml"
    policy = ROOT / "data" / "policies" / "searx-chat.yaml"
    config.write_text(_CONFIG.format(port=port, policy=policy), encoding="utf-8")
    return config
