"""From what was written, and what was understood of it, to a call of a command."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answers.answer import line, of_mine
from bot.answers.topics import DATA
from bot.commands.erasure_wishes import ERASED, possible_erasures, wished_erasure
from bot.commands.notices import NOTHING_DONE, NOTHING_TO_CONFIRM
from bot.commands.services import Services
from bot.commands.written import bare, declines, written_out
from bot.dialogue.command import Call
from bot.dialogue.confirmation import is_like_a_code
from bot.dialogue.memory import Remembered
from bot.dialogue.reply import Choice, Lead, Outcome, Paragraph, Question, Reply
from bot.dialogue.understanding import Understanding
from bot.i18n import Message, Phrase, _, p_
from bot.measures import Unanswered
from bot.policy.vocabulary import Aspect, Intent, Label, Polar, Topic
from bot.policy.wording.topics import ASPECTS, TOPICS

_SHORT = 6
"""Words of a message that can be a question about what was just said ("and how long?")."""


@dataclass(frozen=True, slots=True)
class Intended:
    """A call, and what has to be said before its reply."""

    call: Call[Services]
    note: Phrase | None = None
    more: tuple[Call[Services], ...] = ()
    """What else was asked in the same message."""
    language: str | None = None
    """In which this one answer is wanted."""
    polar: Polar | None = None
    """What a yes or a no is wanted to."""


def interpret(text: str, read: Understanding, remembered: Remembered, services: Services) -> Intended | Reply:
    """Return the command that *text* calls for, or a reply where no command fits.

    In this order: the number of a choice that was offered, a written-out command, free text.
    """
    written = written_out(text, remembered, services)
    if written is not None:
        return Intended(written)
    if declines(text, remembered, services) or (remembered.confirming and read.refuses):
        return NOTHING_DONE
    erasing = wished_erasure(read, services)
    if erasing is not None:
        return erasing if isinstance(erasing, Reply) else Intended(erasing)
    mine = _of_mine(text, read, services)
    if mine is not None:
        return mine
    label = read.ranked[0]
    followed = _follow_up(text, read, remembered, services)
    if followed is not None or label is Intent.OUT_OF_SCOPE:
        return _without_topic(text, read, followed)
    if read.parts:
        first, *others = (_ask(services, _question(Topic(one.ranked[0]), one)) for one in read.parts)
        return Intended(first, more=tuple(others))
    if not read.certain and len(read.ranked) > 1:
        return _which(read, services)
    if isinstance(label, Topic):
        question = _going_on(_question(label, read), read, remembered)
        return Intended(_ask(services, question), polar=read.polar)
    if label is Intent.SET_LANGUAGE and read.continues and remembered.question is not None:
        return Intended(_ask(services, remembered.question), language=read.argument)
    return _intended(label, read, services)


def _without_topic(text: str, read: Understanding, followed: Intended | None) -> Intended | Reply:
    """Return what to do about a text that names nothing the policy is about."""
    if is_like_a_code(bare(text)):
        return NOTHING_TO_CONFIRM
    if read.others:
        return _NOT_YOURS
    return followed or _OFF_TOPIC


def _of_mine(text: str, read: Understanding, services: Services) -> Intended | None:
    """Return the call for one's own data of one kind: "my data files", or both were understood."""
    lines = [of_mine(label) for label in read.ranked if isinstance(label, Topic)]
    command = services.registry.begun(text)
    named = command is not None and command.name == "my-data"
    both = Intent.MY_DATA in read.by_rules and Intent.MY_DATA in read.ranked
    if not (named or (both and not read.certain and not read.parts)):
        return None
    call = next((services.registry.parse(one) for one in lines if one is not None), None)
    return Intended(call) if call is not None else None


def _question(topic: Topic, read: Understanding) -> Question:
    """Return what is asked: "the legal basis of the archive" is a side of the archive."""
    for other in read.by_rules:
        if topic in _SIDES and other in DATA:
            return Question(Topic(other), _SIDES[topic])
    return Question(topic, read.aspect or Aspect.WHAT)


def _going_on(question: Question, read: Understanding, remembered: Remembered) -> Question:
    """Return *question* with the side that was asked before: "and the backups?"."""
    if remembered.question is None or not read.continues or question.aspect is not Aspect.WHAT:
        return question
    return Question(question.topic, remembered.question.aspect)


_SIDES: dict[Topic, Aspect] = {
    Topic.LEGAL_BASIS: Aspect.LEGAL_BASIS,
    Topic.PURPOSES: Aspect.WHY,
    Topic.DATA_LOCATION: Aspect.WHERE,
}
"""Topics that are a side of the data which a question names beside them."""


def _follow_up(text: str, read: Understanding, remembered: Remembered, services: Services) -> Intended | None:
    """Return a question about what was just said: "and how long?"."""
    if remembered.question is None or not read.familiar or len(text.split()) > _SHORT:
        return None
    if read.by_rules != (Intent.OUT_OF_SCOPE,) and (read.topical or read.certain):
        return None
    if read.aspect is None or (read.aspect is Aspect.WHAT and not read.continues):
        return None
    return Intended(_ask(services, Question(remembered.question.topic, read.aspect)))


def _intended(intent: Intent, read: Understanding, services: Services) -> Intended | Reply:
    if services.rights is not None and intent is Intent.EXPORT_DATA:
        return Intended(_call(services, "export"))
    if services.rights is not None and intent in ERASED:
        return Intended(_call(services, "erase", what=ERASED[intent]))
    if intent in _SUBSTITUTES:
        question, note = _SUBSTITUTES[intent]
        return Intended(_ask(services, question), note)
    match intent:
        case Intent.SET_LANGUAGE:
            return Intended(_call(services, "language", language=read.argument))
        case Intent.MY_DATA:
            return Intended(_call(services, "my-data"))
        case Intent.HELP:
            return Intended(_call(services, "help"))
        case Intent.SHOW_POLICY:
            return Intended(_call(services, "policy"))
        case Intent.SHOW_CHANGES:
            return Intended(_call(services, "changes"))
        case Intent.ANNOUNCEMENTS_ON | Intent.ANNOUNCEMENTS_OFF:
            return Intended(_call(services, "news", wanted="on" if intent is Intent.ANNOUNCEMENTS_ON else "off"))
        case Intent.GREETING:
            return _GREETING
        case Intent.THANKS:
            return _WELCOME
        case _:
            return _OFF_TOPIC


_CANNOT_ERASE = _("I cannot delete anything here. This is what you can do:")
_CANNOT_EXPORT = _("I cannot give out a copy of your data myself. This is what the policy says:")

_SUBSTITUTES: dict[Intent, tuple[Question, Message]] = {
    Intent.EXPORT_DATA: (Question(Topic.RIGHTS, Aspect.GET), _CANNOT_EXPORT),
    Intent.ERASE_UPLOADS: (Question(Topic.UPLOADS, Aspect.ERASE), _CANNOT_ERASE),
    Intent.ERASE_ARCHIVE: (Question(Topic.ARCHIVE, Aspect.ERASE), _CANNOT_ERASE),
    Intent.ERASE_OFFLINE: (Question(Topic.OFFLINE_MESSAGES, Aspect.ERASE), _CANNOT_ERASE),
    Intent.ERASE_PROFILE: (Question(Topic.PROFILE, Aspect.ERASE), _CANNOT_ERASE),
    Intent.ERASE_ACCOUNT: (Question(Topic.ACCOUNT_DELETION, Aspect.ERASE), _CANNOT_ERASE),
}
"""What the bot cannot do itself, and the question whose answer helps instead."""

_LABELS: dict[Intent, tuple[Phrase, str]] = {
    Intent.MY_DATA: (p_("title", "Your data"), "my data"),
    Intent.EXPORT_DATA: (ASPECTS[Aspect.GET], "topics rights get"),
    Intent.SET_LANGUAGE: (_("Language"), "language"),
    Intent.HELP: (_("What I can do"), "help"),
    Intent.SHOW_POLICY: (_("Show the policy"), "policy"),
    Intent.SHOW_CHANGES: (TOPICS[Topic.POLICY_CHANGES], "topics policy_changes"),
    Intent.ANNOUNCEMENTS_ON: (p_("choice", "News of this server again"), "news on"),
    Intent.ANNOUNCEMENTS_OFF: (p_("choice", "No more such news"), "news off"),
    Intent.ERASE_UPLOADS: (TOPICS[Topic.UPLOADS], "topics uploads erase"),
    Intent.ERASE_ARCHIVE: (TOPICS[Topic.ARCHIVE], "topics archive erase"),
    Intent.ERASE_OFFLINE: (TOPICS[Topic.OFFLINE_MESSAGES], "topics offline_messages erase"),
    Intent.ERASE_PROFILE: (TOPICS[Topic.PROFILE], "topics profile erase"),
    Intent.ERASE_ACCOUNT: (TOPICS[Topic.ACCOUNT_DELETION], "topics account_deletion"),
}


def _which(read: Understanding, services: Services) -> Reply:
    """Offer what was perhaps meant."""
    choices = list(possible_erasures(read, services)) or [
        choice for label in read.ranked if (choice := _choice(label, read.aspect)) is not None
    ]
    return Reply(
        _("What do you mean?"),
        (Lead(_("I am not sure that I understood you. Do you mean one of these?")),),
        (*choices, Choice(p_("choice", "All topics"), "topics")),
        Outcome.WARN,
        unanswered=Unanswered.UNSURE,
    )


def _choice(label: Label, aspect: Aspect | None) -> Choice | None:
    if isinstance(label, Topic):
        return Choice(TOPICS[label], line(Question(label, aspect or Aspect.WHAT)))
    return Choice(*_LABELS[label]) if label in _LABELS else None


_STARTS = (
    Choice(p_("choice", "All my data"), "my data"),
    Choice(TOPICS[Topic.OVERVIEW], "topics overview"),
    Choice(p_("choice", "All topics"), "topics"),
    Choice(_("What I can do"), "help"),
)


_WELCOME = Reply(_("Thanks"), (Lead(_("You are welcome. Ask me any time.")),))

_GREETING = Reply(
    _("Hello"),
    (
        Lead(_("Hello! I answer questions about your data on this server.")),
        Paragraph(_("For instance: “What do you store about me?” or “How long do you keep my photos?”")),
    ),
    _STARTS,
)


_NOT_YOURS = Reply(
    _("Only your own data"),
    (
        Lead(_("I tell nobody anything about other people, whoever asks: only about your own account.")),
        Paragraph(_("The law protects them as it protects you (Art. 15(4) GDPR).")),
    ),
    _STARTS,
    Outcome.WARN,
    unanswered=Unanswered.NOT_ALLOWED,
)


_OFF_TOPIC = Reply(
    _("I do not know that"),
    (
        Lead(
            _(
                "I cannot help with that. I only know about privacy on this server: "
                "what is stored, why, for how long, and who can see it."
            )
        ),
    ),
    _STARTS,
    Outcome.WARN,
    unanswered=Unanswered.NOT_UNDERSTOOD,
)


def _ask(services: Services, question: Question) -> Call[Services]:
    return _call(services, "topics", topic=question.topic, aspect=question.aspect)


def _call(services: Services, name: str, **arguments: str | None) -> Call[Services]:
    command = services.registry.get(name)
    if command is None:
        raise LookupError(name)
    return Call(command, {key: value for key, value in arguments.items() if value is not None})
