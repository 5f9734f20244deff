"""Questions about the policy."""

from __future__ import annotations

from datetime import date

from bot.answers.document import OTHER, document
from bot.answers.source import why as source_of
from bot.commands.changes import policy_changes
from bot.commands.services import BotCommand, Services
from bot.dialogue.command import Command, Handler, Request
from bot.dialogue.parameter import Option, Parameter
from bot.dialogue.reply import Block, Choice, Fact, Heading, Items, Lead, Question, Reply
from bot.i18n import Day, _, p_
from bot.policy.model import Policy
from bot.policy.vocabulary import Aspect, Topic
from bot.policy.wording.topics import ASPECTS, TOPICS

_TOPIC_OPTIONS = tuple(Option(topic, title) for topic, title in TOPICS.items())
_ASPECT_OPTIONS = tuple(Option(aspect, title) for aspect, title in ASPECTS.items())
_LAST = "last"
_ALL = "all"


def _question(request: Request) -> Question:
    return Question(Topic(request.arguments["topic"]), Aspect(request.arguments["aspect"]))


async def _topics(request: Request, services: Services) -> Reply:
    if request.arguments["topic"] == Topic.POLICY_CHANGES:
        return policy_changes(request, services)
    return services.answers.reply(_question(request), request.now.date())


async def _why(request: Request, services: Services) -> Reply:
    if request.arguments["topic"] != _LAST:
        return source_of(services.policy, _question(request), request.now.date())
    if request.last is not None:
        return source_of(services.policy, request.last, request.now.date())
    return Reply(
        WHY.title,
        (Lead(_("Ask me something first; then “why” shows where the policy says it.")),),
        (
            Choice(TOPICS[Topic.OVERVIEW], f"topics {Topic.OVERVIEW}"),
            Choice(p_("choice", "All topics"), "topics"),
        ),
    )


async def _policy(request: Request, services: Services) -> Reply:
    section, day = request.arguments["section"], request.now.date()
    return services.answers.once(("policy", section), day, lambda: _document(services.policy, section, day))


def _document(policy: Policy, wanted: str, day: date) -> Reply:
    shown = [section for section in document(policy, day) if wanted in (_ALL, section.id)]
    blocks = _head(policy) if wanted == _ALL else []
    for section in shown:
        blocks += [Heading(section.title), Items(section.lines)]
    if not shown:
        blocks.append(Lead(_("The policy has no such section.")))
    title = policy.title.phrase() if policy.title else _("Privacy policy")
    return Reply(title, tuple(blocks), (Choice(p_("choice", "All topics"), "topics"),))


def _head(policy: Policy) -> list[Block]:
    blocks: list[Block] = [Lead(policy.introduction.phrase())] if policy.introduction else []
    blocks.append(Fact(_("Policy version"), policy.version))
    blocks.append(Fact(_("In force since"), Day(policy.effective)))
    if policy.url:
        blocks.append(Fact(_("Full text"), policy.url))
    return blocks


def _about(topic: Topic) -> Handler[Services]:
    """Return a handler that answers what the policy says about *topic*."""

    async def answer(request: Request, services: Services) -> Reply:
        return services.answers.reply(Question(topic), request.now.date())

    return answer


_ASPECT = Parameter("aspect", _("Which side of it?"), _ASPECT_OPTIONS, default=Aspect.WHAT)

POLICY: BotCommand = Command(
    "policy",
    _("Show the policy"),
    _("Shows the whole privacy policy, section by section."),
    _policy,
    (
        Parameter(
            "section",
            _("Which section?"),
            (
                Option(_ALL, p_("section", "All sections")),
                *_TOPIC_OPTIONS,
                Option(OTHER, p_("topic", "Other data")),
            ),
            default=_ALL,
        ),
    ),
    words=(p_("command", "policy"),),
)

TOPICS_COMMAND: BotCommand = Command(
    "topics",
    _("Topics"),
    _("Lists the topics that you can ask about."),
    _topics,
    (Parameter("topic", _("What would you like to know about?"), _TOPIC_OPTIONS), _ASPECT),
    words=(p_("command", "topics"),),
)

WHY: BotCommand = Command(
    "why",
    _("Why? Where does it say so?"),
    _("Shows the clause, version and date behind the last answer."),
    _why,
    (
        Parameter(
            "topic",
            _("About which topic?"),
            (Option(_LAST, p_("topic", "The last answer")), *_TOPIC_OPTIONS),
            default=_LAST,
        ),
        _ASPECT,
    ),
    words=(
        p_("command", "why"),
        p_("command", "source"),
    ),
)

CONTACT: BotCommand = Command(
    "contact",
    _("Contact"),
    _("Says who is responsible and how to reach them."),
    _about(Topic.CONTROLLER_CONTACT),
    words=(p_("command", "contact"),),
)

RIGHTS: BotCommand = Command(
    "rights",
    _("Your rights"),
    _("Says which rights you have and how to use them."),
    _about(Topic.RIGHTS),
    words=(p_("command", "rights"),),
)

TRANSPARENCY: BotCommand = Command(
    "transparency",
    _("Transparency report"),
    _("Says how often authorities asked for data of users."),
    _about(Topic.AUTHORITIES),
    words=(p_("command", "transparency"),),
)

COMMANDS: tuple[BotCommand, ...] = (TOPICS_COMMAND, POLICY, WHY, RIGHTS, CONTACT, TRANSPARENCY)
