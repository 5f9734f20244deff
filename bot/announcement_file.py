"""What the operator wants everybody to know, from a YAML file with texts in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from bot import files
from bot.claims.announcement import BREACH_PARTS, TEXT, Cause
from bot.files import BadFile
from bot.policy.base import Facts, Wording
from bot.validation import did_you_mean, validate


def _first(value: Any, info: ValidationInfo) -> Any:
    """Take a plain text for one in the first language."""
    return {(info.context or {})["first"]: value} if isinstance(value, str) else value


def _complete(versions: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    first, offered = (info.context or {})["first"], (info.context or {})["offered"]
    for language in versions:
        if language not in offered:
            raise ValueError(f"nobody can be told anything in '{language}'{did_you_mean(language, list(offered))}")
    if first not in versions:
        raise ValueError(
            f"the text in '{first}' is missing: it is the first language of the policy, "
            "so people get it who speak none of the others"
        )
    return versions


Versions = Annotated[dict[str, Wording], BeforeValidator(_first), AfterValidator(_complete)]


class _News(Facts):
    """Something that people can opt out of."""

    about: Literal["news"]
    text: Versions


class _Breach(Facts):
    """A breach of the security of data: all that Art. 34(2) GDPR asks for."""

    about: Literal["breach"]
    nature: Annotated[Versions, Field(description="what happened")]
    contact: Annotated[Versions, Field(description="whom people can ask, and how")]
    consequences: Annotated[Versions, Field(description="what can come of it for people")]
    measures: Annotated[Versions, Field(description="what was and is done, and what people can do")]


def read_announcement(
    path: Path, first: str, offered: tuple[str, ...]
) -> tuple[Cause, Mapping[str, Mapping[str, str]]]:
    """Return what it is about, and its texts by part, then by language; raises `BadFile` with every mistake.

    *first* is the language of the policy that stands in for others, *offered* are those of the bot.
    """
    document = files.read(path)
    about = document.data.get("about") if isinstance(document.data, dict) else None
    context = {"first": first, "offered": offered}
    if about == Cause.BREACH:
        breach = validate(_Breach, document, context)
        return Cause.BREACH, {part: getattr(breach, part) for part in BREACH_PARTS}
    if about in (Cause.NEWS, None):  # without it, the model says that it is missing
        return Cause.NEWS, {TEXT: validate(_News, document, context).text}
    text = f"'{about}' cannot be announced; write news or breach (a new policy needs no file)"
    raise BadFile([document.problem(("about",), text)])
