"""Compiles the catalogues and prepares the phrases when the program is built or installed."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Prepare(BuildHookInterface):
    """Called by hatchling, for wheels and for editable installations."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatchling's interface
        """Prepare what is in ``locales/`` and ``data/phrases/`` of the tree that is being built."""
        sys.path.insert(0, self.root)
        from bot.files import prepare_data  # noqa: PLC0415 -- only findable now
        from bot.gettext_files import compile_catalogues  # noqa: PLC0415

        compile_catalogues(Path(self.root) / "locales")
        prepare_data(Path(self.root) / "data" / "phrases")
