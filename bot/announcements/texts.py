"""What an announcement says: put into words once for each language and variant, never for each account."""

from __future__ import annotations

from datetime import date

from bot.announcements.audience import Audience, Variant
from bot.answers import announced
from bot.claims.announcement import Announcement, Cause
from bot.dialogue.rendering import ChatMessage, chat_notice
from bot.dialogue.reply import Reply
from bot.i18n import translator
from bot.policy.model import Policy


class Texts:
    """The words of one announcement; *policy* says who runs the server."""

    def __init__(self, announcement: Announcement, audience: Audience, policy: Policy) -> None:
        self._announcement, self._audience, self._policy = announcement, audience, policy
        self._said: dict[Variant, ChatMessage] = {}
        self._day: date | None = None

    def said(self, variant: Variant, day: date) -> ChatMessage:
        """Return the message for a variant, as it is said on *day*."""
        if day != self._day:  # what is to come today has come tomorrow
            self._day = day
            self._said.clear()
        message = self._said.get(variant)
        if message is None:
            tr = translator(variant.language, self._policy.form_of_address)
            message = self._said[variant] = chat_notice(self.reply(variant, day), tr)
        return message

    def reply(self, variant: Variant, day: date) -> Reply:
        """Return the same before it is put into words; raises `LookupError` when the version is lost."""
        one = self._announcement
        if one.cause is Cause.NEWS:
            return announced.of_operator(self._policy, one.texts, variant.language)
        if one.cause is Cause.BREACH:
            return announced.of_breach(self._policy, one.texts, variant.language)
        changes = None if variant.since is None else self._audience.changes(variant.since)
        if changes is None:
            raise LookupError(f"version {variant.since} or {one.version} of the policy is not kept any more")
        return announced.of_policy(changes, day, mandatory=one.mandatory)
