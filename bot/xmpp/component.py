"""The component's behaviour: what arrives is answered, ignored or refused."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from xml.etree.ElementTree import Element

from bot.commands.desk import Desk
from bot.commands.events import greet, happened, logged_in
from bot.commands.notices import Notice
from bot.measures import Stanza, Unanswered
from bot.servers.companion import NAMESPACE, read_event
from bot.xmpp import outgoing, presence
from bot.xmpp.connection import Connection
from bot.xmpp.discovery import Discovery
from bot.xmpp.elements import condition, error
from bot.xmpp.incoming import Incoming, read_message
from bot.xmpp.jid import bare
from bot.xmpp.limits import Echoes, RateLimit, Verdict
from bot.xmpp.queries import Queries
from bot.xmpp.requests import Requests
from bot.xmpp.workers import Job, Workers

_EVENT = f"{{{NAMESPACE}}}event"

LONGEST_QUESTION = 2_000
"""Characters of a message; longer ones are not questions."""

_ENCRYPTED_NOTICES = timedelta(minutes=5)

_REQUESTS_PER_MESSAGE = 5
"""How much more often clients may ask by themselves (what can you do, what do you look like)."""


class Component:
    """Answers the stanzas that a connection brings."""

    def __init__(
        self, desk: Desk, own_domain: str, rate_limit: RateLimit, connection: Connection, requests: Requests
    ) -> None:
        self._desk, self._domain, self._limit, self._connection = desk, own_domain, rate_limit, connection
        self._on_answer = requests.on_answer
        self._send, self._send_element = connection.send, connection.send_element
        self._requests = rate_limit.widened(_REQUESTS_PER_MESSAGE)
        self._discovery = Discovery(desk)
        self._queries = Queries(desk, self._discovery)
        self._echoes = Echoes()
        self._encrypted = RateLimit(1, _ENCRYPTED_NOTICES.total_seconds())
        self._measures = desk.services.measures
        self._workers = Workers(self._measures)

    async def run(self) -> None:
        """Answer until cancelled."""
        await self._workers.run()

    async def idle(self) -> None:
        """Return when everything that came is answered."""
        await self._workers.idle()

    def on_message(self, stanza: Element) -> None:
        """Answer a message, if it is one to answer.

        A receipt says that a message arrived (XEP-0184 §1), also when nothing else is said; only
        a flood gets none.
        """
        server = self._desk.services.server
        if server is not None and stanza.get("from") == server.host:
            self._on_event(stanza)
            return
        if stanza.get("type") == "error":
            self._on_return(stanza)
            return
        message = read_message(stanza, self._desk.services.policy.languages)
        if message is None or not self._is_person(message.account):
            return
        now = asyncio.get_running_loop().time()
        verdict = self._limit.judge(message.account, now)
        if verdict is not Verdict.ANSWER:
            self._measures.rate_limited("message")
        if verdict is Verdict.SILENCE:
            return
        if message.wants_receipt:
            self._send(outgoing.receipt(message))
        if verdict is Verdict.NOTICE:
            self._notice(message, Notice.TOO_FAST)
        elif message.text is None:
            self._measures.unanswered(Unanswered.ENCRYPTED)
            if self._encrypted.judge(message.conversation, now) is Verdict.ANSWER:
                self._notice(message, Notice.ENCRYPTED)
        elif self._echoes.is_echo(message.account, message.text):
            return
        elif len(message.text) > LONGEST_QUESTION:
            self._measures.unanswered(Unanswered.TOO_LONG)
            self._notice(message, Notice.TOO_LONG)
        else:
            failed = partial(self._notice, message, Notice.FAILED)
            self._workers.add(Job(partial(self._answer, message, message.text), failed))

    def on_begin(self) -> None:
        """Ask the companion module who it is, on every new connection: it may have been installed meanwhile."""
        self._workers.add(Job(partial(greet, self._desk.services), lambda _incident: None))

    def _on_event(self, stanza: Element) -> None:
        """Act on what the companion module tells; nobody else can write as the host itself."""
        event = read_event(stanza.findtext(_EVENT) or "")
        if event is not None and not logged_in(event, self._desk.services):
            self._workers.add(Job(partial(happened, event, self._desk.services), lambda _incident: None))

    def _on_return(self, stanza: Element) -> None:
        """Note that a message of ours could not be delivered; at once for letters that are not confirmed yet."""
        announcer = self._desk.services.announcer
        if announcer is not None:
            returned = bare(stanza.get("from", "")), stanza.get("id", ""), condition(stanza)
            if not announcer.returned(*returned):
                self._workers.add(Job(partial(announcer.returned_late, *returned), lambda _incident: None))

    def on_presence(self, stanza: Element) -> None:
        """Accept subscriptions and answer probes."""
        account = bare(stanza.get("from", ""))
        if self._is_person(account) and self._is_within_limit(account, "presence"):
            for answer in presence.answers(stanza, self._discovery.avatar_hash):
                self._send_element(answer)

    def on_iq(self, stanza: Element) -> None:
        """Answer a request; results and errors answer requests of ours."""
        if stanza.get("type") not in ("get", "set"):
            self._on_answer(stanza)
            return
        if not self._is_within_limit(bare(stanza.get("from", "")), "iq"):
            self._send_element(error(stanza, "wait", "resource-constraint"))
            return
        self._workers.add(Job(partial(self._answer_iq, stanza), partial(self._refuse, stanza)))

    def _is_person(self, account: str) -> bool:
        """Tell people from servers and from ourselves, who would answer answers for ever."""
        local, _at, host = account.rpartition("@")
        return local != "" and host != self._domain

    def _is_within_limit(self, account: str, stanza: Stanza) -> bool:
        now = asyncio.get_running_loop().time()
        if self._requests.judge(account, now) is Verdict.ANSWER:
            return True
        self._measures.rate_limited(stanza)
        return False

    async def _answer(self, message: Incoming, text: str) -> None:
        spoken = await self._desk.chat(
            text,
            sender=message.sender,
            conversation=message.conversation,
            language=message.language if message.language != self._connection.default_language else None,
            hint=message.language,
            now=datetime.now(UTC),
        )
        self._echoes.said(message.account, spoken.message)
        self._send(outgoing.message(message, spoken.language, spoken.message, personal=spoken.personal))

    async def _answer_iq(self, stanza: Element) -> None:
        self._send_element(await self._queries.answer(stanza, datetime.now(UTC)))

    def _refuse(self, stanza: Element, _incident: str) -> None:
        self._send_element(error(stanza, "cancel", "internal-server-error"))

    def _notice(self, message: Incoming, what: Notice, incident: str = "") -> None:
        spoken = self._desk.notice(what, language=message.language, incident=incident)
        self._echoes.said(message.account, spoken.message)
        self._send(outgoing.message(message, spoken.language, spoken.message))
