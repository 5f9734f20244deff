"""Choosing the sentences that answer a question: the exact fact first, then a little context."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date

from bot.answers import copying, erasing, tickets
from bot.answers.clause import Clause, policy_says
from bot.answers.general import general, whom_to_ask
from bot.answers.holdings import ORDER
from bot.answers.topics import DATA, gather
from bot.claims.erasure import ACCOUNT, ERASABLE
from bot.dialogue.reply import Block, Choice, Lead, Paragraph, Question, Reply
from bot.i18n import Phrase, _, p_
from bot.measures import Unanswered
from bot.policy.model import Policy
from bot.policy.terms import Category
from bot.policy.vocabulary import Aspect, Topic
from bot.policy.wording.topics import ASPECTS, SILENT, TOPICS

_LONG = frozenset(
    {
        Topic.OVERVIEW,
        Topic.RIGHTS,
        Topic.CONTROLLER_CONTACT,
        Topic.PURPOSES,
        Topic.LEGAL_BASIS,
        Topic.WEB_ANALYTICS,
    }
)
"""Topics that are lists and shown whole."""

_MOST_CONTEXT = 7
"""Lines of context after the answer; more would hide it on the screen of a phone."""

_LEADS_ALONE = frozenset({Aspect.WHY, Aspect.LEGAL_BASIS, Aspect.WHERE, Aspect.GET, Aspect.CONTACT, Aspect.ENCRYPTED})
"""Aspects for which a statement about all data answers a question about one kind of data."""

_SAME: dict[Topic, tuple[Aspect, ...]] = {
    Topic.PURPOSES: (Aspect.WHY,),
    Topic.LEGAL_BASIS: (Aspect.LEGAL_BASIS,),
    Topic.DATA_LOCATION: (Aspect.WHERE,),
    Topic.ENCRYPTION: (Aspect.ENCRYPTED,),
    Topic.ACCOUNT_DELETION: (Aspect.ERASE,),
    Topic.CONTROLLER_CONTACT: (Aspect.CONTACT, Aspect.WHO),
    Topic.THIRD_PARTIES: (Aspect.WHO,),
    Topic.INACTIVE_ACCOUNTS: (Aspect.HOW_LONG,),
    Topic.FEDERATION: (Aspect.WHO,),
}
"""Sides of a topic that are the topic itself."""

_NEXT: dict[Aspect, tuple[Aspect, ...]] = {
    Aspect.WHAT: (Aspect.HOW_LONG, Aspect.WHO, Aspect.ERASE),
    Aspect.HOW_LONG: (Aspect.ERASE, Aspect.WHO, Aspect.WHY),
    Aspect.WHY: (Aspect.LEGAL_BASIS, Aspect.HOW_LONG, Aspect.SWITCH_OFF),
    Aspect.LEGAL_BASIS: (Aspect.WHY, Aspect.SWITCH_OFF, Aspect.CONTACT),
    Aspect.WHO: (Aspect.ENCRYPTED, Aspect.HOW_LONG, Aspect.ERASE),
    Aspect.WHERE: (Aspect.WHO, Aspect.HOW_LONG, Aspect.CONTACT),
    Aspect.GET: (Aspect.ERASE, Aspect.HOW_LONG, Aspect.CONTACT),
    Aspect.ERASE: (Aspect.HOW_LONG, Aspect.GET, Aspect.CONTACT),
    Aspect.SWITCH_OFF: (Aspect.HOW_LONG, Aspect.ERASE, Aspect.WHY),
    Aspect.ENCRYPTED: (Aspect.WHO, Aspect.HOW_LONG, Aspect.WHERE),
    Aspect.CONTACT: (Aspect.WHAT, Aspect.GET, Aspect.ERASE),
}

_RELATED: dict[Topic, tuple[Topic, ...]] = {
    Topic.OVERVIEW: (Topic.RIGHTS, Topic.THIRD_PARTIES, Topic.CONTROLLER_CONTACT),
    Topic.BACKUPS: (Topic.ACCOUNT_DELETION, Topic.DATA_LOCATION),
    Topic.INACTIVE_ACCOUNTS: (Topic.ACCOUNT_DELETION, Topic.ACCOUNT),
    Topic.ACCOUNT_DELETION: (Topic.BACKUPS, Topic.INACTIVE_ACCOUNTS, Topic.FEDERATION),
    Topic.ENCRYPTION: (Topic.ARCHIVE, Topic.PASSWORD, Topic.FEDERATION),
    Topic.FEDERATION: (Topic.THIRD_PARTIES, Topic.PRESENCE),
    Topic.THIRD_PARTIES: (Topic.FEDERATION, Topic.AUTHORITIES, Topic.PURPOSES),
    Topic.PURPOSES: (Topic.LEGAL_BASIS, Topic.THIRD_PARTIES),
    Topic.LEGAL_BASIS: (Topic.PURPOSES, Topic.RIGHTS),
    Topic.ABUSE: (Topic.IP_ADDRESSES, Topic.CONTROLLER_CONTACT),
    Topic.AUTHORITIES: (Topic.DATA_LOCATION, Topic.THIRD_PARTIES),
    Topic.WEBMAIL_COOKIES: (Topic.WEB_ANALYTICS, Topic.EMAIL),
    Topic.WEB_ANALYTICS: (Topic.WEBMAIL_COOKIES, Topic.IP_ADDRESSES),
    Topic.RIGHTS: (Topic.CONTROLLER_CONTACT, Topic.ACCOUNT_DELETION),
    Topic.CONTROLLER_CONTACT: (Topic.RIGHTS, Topic.DATA_LOCATION),
    Topic.CHILDREN: (Topic.CONTROLLER_CONTACT, Topic.ACCOUNT),
    Topic.DATA_LOCATION: (Topic.THIRD_PARTIES, Topic.FEDERATION),
    Topic.POLICY_CHANGES: (Topic.OVERVIEW, Topic.CONTROLLER_CONTACT),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The clauses that answer a question, the answer itself first.

    *is_stated* is False when the policy is silent; the clauses then say so and whom to ask.
    """

    question: Question
    clauses: tuple[Clause, ...]
    is_stated: bool


def answer(policy: Policy, question: Question, day: date) -> Answer:
    """Return what *policy* answers to *question* on *day*."""
    topic, aspect = question.topic, question.aspect
    said = gather(policy, topic, day)
    if _is_beside_the_point(topic, aspect, said):
        aspect = Aspect.WHAT
    direct = [clause for clause in said if aspect in clause.line.aspects]
    extra = [clause for clause in general(policy, topic, aspect, DATA.get(topic, ()), day) if clause not in direct]
    if direct or (extra and aspect in _LEADS_ALONE):
        return Answer(question, _shortened([*direct, *extra], topic), is_stated=True)
    silent = policy_says(SILENT[aspect](topic=TOPICS[topic]))
    context = [clause for clause in said if Aspect.WHAT in clause.line.aspects][:2]
    return Answer(question, (silent, *context, *extra, whom_to_ask(policy)), is_stated=False)


def _is_beside_the_point(topic: Topic, aspect: Aspect, said: tuple[Clause, ...]) -> bool:
    """Return whether *aspect* asks nothing of its own about *topic*: "who" of the recipients, say."""
    if aspect in _SAME.get(topic, ()):
        return True
    if topic in DATA or aspect in (Aspect.WHY, Aspect.LEGAL_BASIS):
        return False
    return not any(aspect in clause.line.aspects for clause in said)


def _shortened(clauses: list[Clause], topic: Topic) -> tuple[Clause, ...]:
    return tuple(clauses if topic in _LONG else clauses[: 1 + _MOST_CONTEXT])


class Answers:
    """The answers of one policy; those of the day are made once.

    *is_live* tells that people can also be shown what is there of theirs.
    """

    def __init__(self, policy: Policy, *, is_live: bool = False) -> None:
        self._policy, self._is_live = policy, is_live
        self._day = date.min
        self._replies: dict[Hashable, Reply] = {}

    def reply(self, question: Question, day: date) -> Reply:
        """Return the answer to *question* on *day*; the same object each time."""
        return self.once(question, day, lambda: reply(self._policy, question, day, is_live=self._is_live))

    def once(self, key: Hashable, day: date, make: Callable[[], Reply]) -> Reply:
        """Return the reply of *day* that *make* makes, made once for each *key*."""
        if day != self._day:
            self._day, self._replies = day, {}
        if key not in self._replies:
            self._replies[key] = make()
        return self._replies[key]


def reply(policy: Policy, question: Question, day: date, *, is_live: bool = False) -> Reply:
    """Return the answer as a reply, with what can be asked next."""
    found = answer(policy, question, day)
    lead, *context = found.clauses
    mine = of_mine(question.topic) if is_live else None
    after = () if mine is None else (Choice(p_("choice", "What is there of mine?"), mine),)
    return Reply(
        title(question),
        (*_done_here(question, lead.text, is_live=is_live), *(Paragraph(clause.text) for clause in context)),
        (*after, *(acts(question) if is_live else ()), *choices(policy, found, day)),
        question=question,
        unanswered=None if found.is_stated else Unanswered.POLICY_SILENT,
    )


def _done_here(question: Question, lead: Phrase, *, is_live: bool) -> tuple[Block, ...]:
    """Return the first sentence; before it, that the bot itself can do what is asked how to do."""
    first = next(iter(acts(question)), None) if is_live and question.aspect is Aspect.ERASE else None
    if first is None or not first.line.startswith("erase "):
        return (Lead(lead),)
    sentence = _("I can do that for accounts of this server, and show first what it would mean. Write: %(line)s")
    return (Lead(sentence(line=first.line)), Paragraph(lead))


def acts(question: Question) -> tuple[Choice, ...]:
    """Return what can be done at once about what was asked; each shows first what it would do."""
    topic = question.topic
    if topic is Topic.RIGHTS:
        return (Choice(copying.TITLE, "export"), Choice(tickets.TITLE, "request"))
    if topic is Topic.CONTROLLER_CONTACT:
        return (Choice(tickets.TITLE, "request human"),)
    if topic is Topic.ACCOUNT_DELETION:
        return (Choice(p_("choice", "Erase: %(what)s")(what=erasing.WHAT[ACCOUNT]), f"erase {ACCOUNT}"),)
    what = next((category for category in DATA.get(topic, ()) if category in ERASABLE), None)
    if question.aspect is not Aspect.ERASE or what is None:
        return ()
    return (Choice(p_("choice", "Erase: %(what)s")(what=erasing.WHAT[what]), f"erase {what}"),)


def of_mine(topic: Topic) -> str | None:
    """Return the line of chat that asks for one's own data on *topic*; None when there can be none."""
    if topic in (Topic.OVERVIEW, Topic.RIGHTS):
        return "my data"
    category = _SHOWN.get(topic) or next(iter(DATA.get(topic, ())), None)
    return f"my data {category}" if category in ORDER else None


_SHOWN: dict[Topic, Category] = {Topic.MUC_ARCHIVE: Category.ROOM_MEMBERSHIPS}
"""Where what people want to see of theirs is not the first kind of data of the topic."""


def title(question: Question) -> Phrase:
    """Return a heading: the topic, and the side of it that is asked."""
    if question.aspect is Aspect.WHAT:
        return TOPICS[question.topic]
    return p_("title", "%(topic)s: %(aspect)s")(topic=TOPICS[question.topic], aspect=ASPECTS[question.aspect])


def choices(policy: Policy, found: Answer, day: date) -> tuple[Choice, ...]:
    """Return what can be asked next and has an answer: other sides, related topics, the source."""
    topic, aspect = found.question.topic, found.question.aspect
    if topic in DATA and topic not in _RELATED:
        candidates = [Question(topic, side) for side in _NEXT[aspect]]
    else:
        candidates = [Question(other) for other in _RELATED[topic]]
    after = [
        Choice(ASPECTS[one.aspect] if one.topic is topic else TOPICS[one.topic], line(one))
        for one in candidates
        if answer(policy, one, day).is_stated
    ]
    if found.is_stated:
        after.append(Choice(p_("choice", "Where does the policy say this?"), f"why {topic} {aspect}"))
    else:
        after.append(Choice(p_("choice", "All topics"), "topics"))
    return tuple(after)


def line(question: Question) -> str:
    """Return the line of chat that asks *question*."""
    if question.aspect is Aspect.WHAT:
        return f"topics {question.topic}"
    return f"topics {question.topic} {question.aspect}"
