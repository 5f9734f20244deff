"""The front desk: takes what somebody wrote or filled in, and gives it to the right command.

It knows neither stanzas nor sockets; the component and the offline command line both use it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from bot.answers.yes_no import decided
from bot.claims.gap import GapKind
from bot.commands.checking import Unconfirmed, checked
from bot.commands.interpretation import Intended, interpret
from bot.commands.notices import Notice, notice
from bot.commands.services import BotCommand, Services
from bot.commands.several import joined
from bot.commands.written import written_out
from bot.dialogue.command import Call, Missing, Origin, Refused, Request
from bot.dialogue.memory import Remembered
from bot.dialogue.parameter import Kind, Parameter
from bot.dialogue.rendering import (
    ChatMessage,
    Form,
    chat_confirmation,
    chat_question,
    chat_reply,
    form_confirmation,
    form_question,
    form_reply,
)
from bot.dialogue.reply import Lead, Outcome, Paragraph, Question, Reply
from bot.dialogue.understanding import Understander, Understanding
from bot.i18n import Address, Translator, _, negotiate, translator
from bot.measures import Unanswered
from bot.store import StoreError

_LOG = logging.getLogger("privacy-bot")

_MOST_RENDERED = 2_000
"""Answers that are kept in words; there are fewer for one policy and a few languages."""

_MOST_UNDERSTOOD = 4_000
"""Texts whose meaning is kept, under a digest that cannot be read."""


_GAPS = {
    Unanswered.NOT_UNDERSTOOD: GapKind.OFF_TOPIC,
    Unanswered.UNSURE: GapKind.UNCLEAR,
    Unanswered.POLICY_SILENT: GapKind.SILENT,
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What to say in a chat, and its language (BCP 47, for xml:lang)."""

    language: str
    message: ChatMessage
    personal: bool = False
    """Only for the device that asked, and not for keeping."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What to show for an ad-hoc command: a form to fill in, or the result."""

    language: str
    form: Form
    is_result: bool
    outcome: Outcome = Outcome.INFO
    note: str = ""
    """One line for clients that show no form (XEP-0050 §4.3)."""


class Desk:
    """Answers people, whatever surface they come by."""

    def __init__(self, services: Services, understander: Understander) -> None:
        self.services = services
        self.understander = understander
        self._rendered: dict[tuple[int, str], tuple[Reply, ChatMessage]] = {}
        self._understood: dict[tuple[bytes, str | None], Understanding] = {}

    def replace(self, services: Services, understander: Understander) -> None:
        """Answer from now on with another policy, other phrases and other catalogues."""
        self.services, self.understander = services, understander
        self._rendered.clear()
        self._understood.clear()
        _translator.cache_clear()

    async def chat(
        self,
        text: str,
        *,
        sender: str | None,
        conversation: str,
        language: str | None,
        hint: str | None = None,
        now: datetime,
    ) -> Spoken:
        """Answer a message.

        *sender* is the JID that the server stamped, with the resource (None offline),
        *conversation* tells conversations apart, *language* is the xml:lang that the sender gave
        the message.  *hint* is a language that counts only when the words of the message tell
        none: servers put their own on messages that come without one.
        """
        account = _bare(sender)
        remembered = self.services.memory.recall(conversation, now)
        chosen = await self._chosen(account)
        before = remembered.language
        read = self._read(text, chosen or language or before or hint)
        written = read.language if read.recognised else None
        if written_out(text, remembered, self.services):
            # "2" and "topics uploads" are no language; the conversation goes on in the one it has
            tongue = self.services.registry.tongue(text)
            tr = self._translator(chosen, language, tongue, before, written, hint)
        else:
            tr = self._translator(chosen, language, written, before, hint)
        found = interpret(text, read, remembered, self.services)
        if isinstance(found, Reply):
            self._count(found)
            await self._note_gap(found, read.ranked[0], account, tr, now)
            return self._say(found, conversation, tr, now)
        if found.language is not None:
            tr = self._translator(found.language)
        origin = Origin.CHAT if sender else Origin.OFFLINE
        request = Request(account, tr.language, found.call.arguments, origin, now, remembered.question, sender)
        match await checked(found.call, request, self.services):
            case Missing(parameter) | Refused(parameter):
                return self._ask(found.call, parameter, conversation, tr, now)
            case Unconfirmed(asking, line, code):
                said = chat_confirmation(asking, line, code, tr)
                kept = Remembered(language=tr.language, confirming=f"{line} {code}")
                self.services.memory.remember(conversation, kept, now)
                return Spoken(tr.language, said, personal=asking.reply is not None)
            case Reply() as reply:
                self._count(reply, found.call.command)
                return self._say(reply, conversation, tr, now)
            case Request() as complete:
                return self._say(await self._carry_out(found, complete, tr), conversation, tr, now)

    async def _carry_out(self, found: Intended, request: Request, tr: Translator) -> Reply:
        """Return the reply to what was understood: to all of it, with yes or no in front where that is clear."""
        reply = await found.call.command.handler(request, self.services)
        self._count(reply, found.call.command)
        await self._note_gap(reply, "", request.sender, tr, request.now)
        if found.more:
            asked = [replace(request, arguments=call.arguments) for call in found.more]
            reply = joined([reply, *[await found.call.command.handler(one, self.services) for one in asked]])
        elif found.polar is not None:
            reply = decided(reply, found.polar, self.services.policy, request.now.date())
        if found.note is not None:
            reply = replace(reply, blocks=(Paragraph(found.note), *reply.blocks))
        return reply

    async def _note_gap(self, reply: Reply, label: str, sender: str | None, tr: Translator, now: datetime) -> None:
        """Note that somebody got no answer; people are answered all the same when that fails."""
        kind = _GAPS.get(reply.unanswered) if reply.unanswered is not None else None
        if kind is None or sender is None:
            return
        about = f"{reply.question.topic} {reply.question.aspect}" if reply.question is not None else label
        try:
            await self.services.gaps.note(kind, about, tr.language, self.services.store, now)
        except StoreError as error:
            _LOG.warning("what could not be answered is not counted: %s", error)

    def _ask(
        self, call: Call[Services], parameter: Parameter, conversation: str, tr: Translator, now: datetime
    ) -> Spoken:
        """Ask for a parameter; words and numbers are taken from the next message."""
        given = {key: value for key, value in call.arguments.items() if key != parameter.name}
        so_far = replace(call, arguments=given)
        question = chat_question(so_far, parameter, tr)
        awaiting = "" if parameter.kind is Kind.CHOICE else so_far.beginning(parameter)
        lines = tuple(line for line, _label in question.responses)
        kept = Remembered(None, lines, tr.language, awaiting=awaiting)
        self.services.memory.remember(conversation, kept, now)
        return Spoken(tr.language, question)

    def notice(self, what: Notice, *, language: str | None, incident: str = "") -> Spoken:
        """Say something that no command answers: cannot be read, too fast, broken.

        It asks nobody, not even the store, so that it can be said when everything else fails.
        *incident* is the number under which the log has the details of a failure.
        """
        tr = self._translator(language)
        return Spoken(tr.language, chat_reply(notice(what, self.services, incident), tr))

    async def form(
        self,
        command: BotCommand,
        arguments: dict[str, str] | None,
        *,
        sender: str,
        language: str | None,
        now: datetime,
    ) -> Filled:
        """Start a command (*arguments* None), or run it with the values of the submitted form."""
        account = _bare(sender)
        tr = self._translator(await self._chosen(account), language)
        if arguments is None and command.parameters and self.services.may(account, command):
            return Filled(tr.language, form_question(command, command.parameters, tr), is_result=False)
        given = arguments or {}
        request = Request(account, tr.language, given, Origin.FORM, now, device=sender)
        match await checked(Call(command, given), request, self.services):
            case Unconfirmed(asking, _line, code):
                chosen = [replace(one, default=given.get(one.name, one.default)) for one in command.parameters]
                form = form_confirmation(command, chosen, asking, code, tr)
                return Filled(tr.language, form, is_result=False, note=tr(asking.question))
            case Missing() | Refused():
                note = tr(_("Something is missing, or is none of the choices. Please fill in the form again."))
                form = form_question(command, command.parameters, tr)
                return Filled(tr.language, form, is_result=False, outcome=Outcome.WARN, note=note)
            case Reply() as reply:
                pass
            case Request() as complete:
                reply = await command.handler(complete, self.services)
        self._count(reply, command)
        tr = self._in(reply.language) if reply.language else tr
        note = next((tr(block.text) for block in reply.blocks if isinstance(block, Lead)), tr(reply.title))
        return Filled(tr.language, form_reply(reply, tr), is_result=True, outcome=reply.outcome, note=note)

    async def translator_for(self, sender: str, language: str | None) -> Translator:
        """Return the translator for what is said outside of a chat."""
        return self._translator(await self._chosen(sender), language)

    def _read(self, text: str, hint: str | None) -> Understanding:
        """Understand *text*; of what was understood before, no text is kept, only its digest."""
        key = (blake2b(text.encode(errors="replace"), digest_size=16).digest(), hint)
        read = self._understood.get(key)
        if read is None:
            if len(self._understood) >= _MOST_UNDERSTOOD:
                self._understood.clear()
            read = self._understood[key] = self.understander.read(text, hint)
        return read

    async def _chosen(self, sender: str | None) -> str | None:
        if sender is None or self.services.store is None:
            return None
        try:
            return await self.services.store.language(sender)
        except StoreError as error:
            # without the choice of a language, questions are answered all the same
            _LOG.warning("languages chosen cannot be read: %s", error)
            return None

    def _translator(self, *wanted: str | None) -> Translator:
        """Choose the language: by the account, xml:lang, the question, the policy."""
        policy = self.services.policy
        return _translator((*wanted, *policy.languages), self.services.languages, policy.form_of_address)

    def _in(self, language: str) -> Translator:
        """Return the translator of a language that somebody has just asked for."""
        return translator(language, self.services.policy.form_of_address)

    def _count(self, reply: Reply, command: BotCommand | None = None) -> None:
        topic = reply.question.topic if reply.question is not None else None
        if reply.unanswered is not None:
            self.services.measures.unanswered(reply.unanswered, topic)
        elif command is not None:
            self.services.measures.answered(command.name, topic)

    def _say(self, reply: Reply, conversation: str, tr: Translator, now: datetime) -> Spoken:
        tr = self._in(reply.language) if reply.language else tr
        # what is about one person is neither kept in memory nor ever the same again
        message = chat_reply(reply, tr) if reply.personal else self._render(reply, tr)
        spoken = self._spoken(message, reply.question, conversation, tr, now)
        return replace(spoken, personal=reply.personal)

    def _render(self, reply: Reply, tr: Translator) -> ChatMessage:
        """Put a reply into words; answers that come again and again are put only once."""
        key = (id(reply), tr.language)
        known = self._rendered.get(key)
        if known is not None and known[0] is reply:
            return known[1]
        if len(self._rendered) >= _MOST_RENDERED:
            self._rendered.clear()
        message = chat_reply(reply, tr)
        self._rendered[key] = (reply, message)  # the reply is kept, so that its id stays its own
        return message

    def _spoken(
        self,
        message: ChatMessage,
        question: Question | None,
        conversation: str,
        tr: Translator,
        now: datetime,
    ) -> Spoken:
        lines = tuple(line for line, _label in message.responses)
        self.services.memory.remember(conversation, Remembered(question, lines, tr.language), now)
        return Spoken(tr.language, message)


def _bare(sender: str | None) -> str | None:
    return None if sender is None else sender.partition("/")[0]


@lru_cache(maxsize=1024)
def _translator(wanted: tuple[str | None, ...], offered: tuple[str, ...], address: Address | None) -> Translator:
    return translator(negotiate(wanted, offered), address)
