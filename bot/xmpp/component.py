"""The component's behaviour: what arrives is answered, ignored or refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from xml.etree.ElementTree import Element

from bot.commands.desk import Desk
from bot.commands.notices import Notice
from bot.i18n import Translator
from bot.xmpp import namespaces as ns
from bot.xmpp import outgoing, presence
from bot.xmpp.adhoc import AdHoc
from bot.xmpp.connection import Connection
from bot.xmpp.discovery import Discovery
from bot.xmpp.elements import error
from bot.xmpp.incoming import Incoming, bare, domain, read_message
from bot.xmpp.limits import Echoes, RateLimit, Verdict
from bot.xmpp.workers import Job, Workers

LONGEST_QUESTION = 2_000
"""Characters of a message; longer ones are not questions."""

_ENCRYPTED_NOTICES = timedelta(minutes=5)


class Component:
    """Answers the stanzas that a connection brings."""

    def __init__(self, desk: Desk, own_domain: str, rate_limit: RateLimit, connection: Connection) -> None:
        self._desk, self._domain, self._limit, self._connection = desk, own_domain, rate_limit, connection
        self._send, self._send_element = connection.send, connection.send_element
        self._discovery = Discovery(desk)
        self._adhoc = AdHoc(desk)
        self._echoes = Echoes()
        self._encrypted = RateLimit(1, _ENCRYPTED_NOTICES.total_seconds())
        self._workers = Workers()

    async def run(self) -> None:
        """Answer until cancelled."""
        await self._workers.run()

    async def idle(self) -> None:
        """Return when everything that came is answered."""
        await self._workers.idle()

    def on_message(self, stanza: Element) -> None:
        """Answer a message, if it is one to answer."""
        message = read_message(stanza)
        if message is None or not self._is_person(message.sender):
            return
        if message.text is not None and self._echoes.is_echo(message.account, message.text):
            return
        now = asyncio.get_running_loop().time()
        match self._limit.judge(message.account, now):
            case Verdict.ANSWER if message.text is None:
                if self._encrypted.judge(message.conversation, now) is Verdict.ANSWER:
                    self._notice(message, Notice.ENCRYPTED)
            case Verdict.ANSWER if len(message.text or "") > LONGEST_QUESTION:
                self._notice(message, Notice.TOO_LONG)
            case Verdict.ANSWER:
                self._workers.add(
                    Job(
                        lambda: self._answer(message),
                        lambda number: self._notice(message, Notice.FAILED, number),
                    )
                )
            case Verdict.NOTICE:
                self._notice(message, Notice.TOO_FAST)
            case Verdict.SILENCE:
                return

    def on_presence(self, stanza: Element) -> None:
        """Accept subscriptions and answer probes."""
        if self._is_person(stanza.get("from", "")):
            for answer in presence.answers(stanza, self._discovery.avatar_hash):
                self._send_element(answer)

    def on_iq(self, stanza: Element) -> None:
        """Answer a request; results and errors are nobody's answer here and are ignored."""
        if stanza.get("type") not in ("get", "set"):
            return
        if (
            self._limit.judge(bare(stanza.get("from", "")), asyncio.get_running_loop().time())
            is not Verdict.ANSWER
        ):
            self._send_element(error(stanza, "wait", "resource-constraint"))
            return
        refuse = partial(self._refuse, stanza, "internal-server-error")
        self._workers.add(Job(lambda: self._answer_iq(stanza), lambda _number: refuse()))

    def _is_person(self, sender: str) -> bool:
        """Tell people from servers and from ourselves, who would answer answers for ever."""
        return "@" in bare(sender) and domain(sender) != self._domain

    async def _answer(self, message: Incoming) -> None:
        spoken = await self._desk.chat(
            message.text or "",
            sender=message.account,
            conversation=message.conversation,
            language=message.language if message.language != self._connection.default_language else None,
            hint=message.language,
            now=datetime.now(UTC),
        )
        if message.wants_receipt and message.id:
            self._send(outgoing.receipt(message))
        self._echoes.said(message.account, spoken.message)
        self._send(outgoing.message(message, spoken.language, spoken.message))

    async def _answer_iq(self, stanza: Element) -> None:
        child = next(iter(stanza), None)
        tag = child.tag if child is not None else ""
        if stanza.get("type") == "set":
            if tag == f"{{{ns.COMMANDS}}}command":
                self._send_element(await self._adhoc.answer(stanza, datetime.now(UTC)))
            else:
                self._refuse(stanza, "service-unavailable")
            return
        gets: dict[str, Callable[[Element, Translator], Element]] = {
            f"{{{ns.DISCO_INFO}}}query": self._discovery.info,
            f"{{{ns.DISCO_ITEMS}}}query": self._discovery.items,
            f"{{{ns.VERSION}}}query": self._discovery.version,
            f"{{{ns.PING}}}ping": self._discovery.ping,
            f"{{{ns.VCARD}}}vCard": self._discovery.vcard,
        }
        answer = gets.get(tag)
        if answer is None:
            self._refuse(stanza, "service-unavailable")
            return
        tr = await self._desk.translator_for(bare(stanza.get("from", "")), stanza.get(ns.XML_LANG))
        self._send_element(answer(stanza, tr))

    def _refuse(self, stanza: Element, condition: str) -> None:
        self._send_element(error(stanza, "cancel", condition))

    def _notice(self, message: Incoming, what: Notice, incident: str = "") -> None:
        spoken = self._desk.notice(what, language=message.language, incident=incident)
        self._echoes.said(message.account, spoken.message)
        self._send(outgoing.message(message, spoken.language, spoken.message))
