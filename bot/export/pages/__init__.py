"""The copy as pages for people: HTML that needs nothing else, runs nothing, and trusts no text."""

from bot.export.pages.site import Site
from bot.export.pages.writing import write_pages

__all__ = ["Site", "write_pages"]
