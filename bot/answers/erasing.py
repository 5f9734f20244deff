"""What an erasure would do, before it is confirmed; and what is said while an account waits for its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.answers.holdings import title_of
from bot.answers.remaining import EFFECTS, distinct, remaining
from bot.claims.erasure import ACCOUNT, ERASABLE, EVERYTHING
from bot.dialogue.reply import Block, Choice, Heading, Items, Lead, Outcome, Paragraph, Reply
from bot.i18n import Day, Listing, Moment, Phrase, _, p_
from bot.policy.model import Policy
from bot.policy.observed import Holding
from bot.policy.terms import Category
from bot.policy.wording.categories import TITLES
from bot.policy.wording.holdings import how_much
from bot.policy.wording.people import reach

TITLE = _("Erase data")
KEEP_LINE = "keep my account"

WHAT: Mapping[str, Phrase] = {
    **{category: TITLES[Category(category)] for category in ERASABLE},
    EVERYTHING: p_("erasure", "Everything but the account"),
    ACCOUNT: p_("erasure", "The account with everything"),
}
"""What can be erased, and what it is called."""


def preview(policy: Policy, held: Sequence[Holding], older_than: datetime | None, now: datetime) -> Reply:
    """Return what erasing *held* would mean."""
    if older_than is None:
        lead: Phrase = _("This would be erased on the server, for good:")
    else:
        lead = _("This is older than %(day)s and would be erased on the server, for good:")(day=Day(older_than.date()))
    categories = [one.category for one in held]
    return Reply(
        TITLE,
        (Lead(lead), *_consequences(policy, held, categories, now, whole_account=False)),
        personal=True,
    )


def preview_of_account(policy: Policy, account: str, held: Sequence[Holding], due: datetime, now: datetime) -> Reply:
    """Return what removing *account* (a bare JID) with everything that is *held* would mean."""
    when: Phrase = Moment(due) if due > now else p_("when", "at once")
    lead = _("Your account %(account)s would be removed with everything in it: %(when)s.")(account=account, when=when)
    back = _("Until then everything stays as it is, and you can take it back with: keep my account")
    return Reply(
        TITLE,
        (
            Lead(lead),
            *_consequences(policy, held, [ACCOUNT], now, whole_account=True),
            *((Paragraph(back),) if due > now else ()),
        ),
        personal=True,
    )


def _consequences(
    policy: Policy, held: Sequence[Holding], affected: Sequence[str], now: datetime, *, whole_account: bool
) -> Iterator[Block]:
    yield Items(tuple(_("%(what)s: %(amount)s")(what=title_of(one), amount=how_much(one)) for one in held))
    effects = distinct(EFFECTS[category] for category in affected if category in EFFECTS)
    if effects:
        yield Heading(_("What that means"))
        yield Items(effects)
    yield Heading(_("What stays"))
    categories = [one.category for one in held]
    yield Items(remaining(policy, categories, now.date(), whole_account=whole_account))


def nothing_there(titles: Sequence[Phrase]) -> Reply:
    """Return that there is nothing to erase."""
    return Reply(
        TITLE,
        (Lead(_("There is nothing to erase. Nothing is held of: %(categories)s.")(categories=Listing(tuple(titles)))),),
        (Choice(p_("choice", "All my data"), "my data"),),
        personal=True,
    )


def cannot_erase(policy: Policy, title: Phrase, *, dated: bool = False) -> Reply:
    """Return that the server cannot erase something, or (*dated*) not only what is older than some time."""
    if dated:
        lead = _("This server cannot erase only what is older, of: %(category)s. I have erased nothing.")(
            category=title
        )
    else:
        lead = _("I cannot erase this on this server: %(category)s. I have erased nothing.")(category=title)
    ask = _("To have it erased all the same, please write to %(contact)s, or send a request.")
    return Reply(
        TITLE,
        (Lead(lead), Paragraph(ask(contact=reach(policy.controller)))),
        (Choice(_("Send a request"), "request erasure"), Choice(p_("choice", "All my data"), "my data")),
        Outcome.WARN,
    )


def begun(reference: str, *, after_copy: bool) -> Reply:
    """Return that an erasure was begun, or that it waits until a copy is ready."""
    lead = _("I am erasing it now. The receipt follows as soon as I have looked at the server again.")
    if after_copy:
        lead = _("Your copy is still being made. As soon as it is ready I erase this, and the receipt follows.")
    return Reply(
        TITLE,
        (Lead(lead), Paragraph(_("Reference: %(reference)s")(reference=reference))),
        (Choice(_("Cancel the export"), "cancel export"),) if after_copy else (),
        personal=True,
    )


def used_code() -> Reply:
    """Return that a code was used before."""
    return Reply(
        TITLE,
        (Lead(_("This was confirmed already, and is done only once.")),),
        (Choice(_("My receipts"), "receipts"),),
        Outcome.WARN,
    )


def scheduled(account: str, due: datetime, reference: str) -> Reply:
    """Return that the end of an account is noted, and how to take it back."""
    return Reply(
        TITLE,
        (
            Lead(
                _("Your account %(account)s is removed on %(time)s, with everything in it.")(
                    account=account, time=Moment(due)
                )
            ),
            Paragraph(_("Until then everything stays as it is. I remind you before. To take it back, write:")),
            Paragraph(p_("command", "keep my account")),
            Paragraph(_("If you want to take your data along: export")),
            Paragraph(_("Reference: %(reference)s")(reference=reference)),
        ),
        (Choice(_("Keep my account"), KEEP_LINE), Choice(_("Export my data"), "export")),
    )


def reminder(account: str, due: datetime) -> Reply:
    """Return that the end of an account is near."""
    return Reply(
        TITLE,
        (
            Lead(
                _("A reminder: your account %(account)s is removed on %(time)s, as you asked.")(
                    account=account, time=Moment(due)
                )
            ),
            Paragraph(_("If you want to keep it, write before then: keep my account")),
        ),
        (Choice(_("Keep my account"), KEEP_LINE), Choice(_("Export my data"), "export")),
    )


def kept(account: str) -> Reply:
    """Return that an account stays."""
    return Reply(
        _("Keep my account"), (Lead(_("Your account %(account)s stays. Nothing was erased.")(account=account)),)
    )


def nothing_to_keep() -> Reply:
    """Return that there is no erasure to take back."""
    return Reply(_("Keep my account"), (Lead(_("Your account is not about to be removed. There is nothing to do.")),))


def too_late() -> Reply:
    """Return that an account is being removed already."""
    lead = _("It is too late: your account is being removed just now, and I cannot take that back any more.")
    return Reply(_("Keep my account"), (Lead(lead),), outcome=Outcome.WARN)


def goodbye(policy: Policy, account: str, reference: str, now: datetime) -> Reply:
    """Return the last words before an account is removed: what remains elsewhere, and until when."""
    stays = remaining(policy, (), now.date(), whole_account=True)
    return Reply(
        TITLE,
        (
            Lead(_("In a moment your account %(account)s is removed, as you asked.")(account=account)),
            Heading(_("What stays")),
            Items(stays),
            Paragraph(_("Reference: %(reference)s")(reference=reference)),
            Paragraph(
                _("Should you want to ask about it later: %(contact)s. Goodbye!")(contact=reach(policy.controller))
            ),
        ),
    )


def alarm(policy: Policy, what: Phrase, due: datetime, now: datetime) -> Reply:
    """Return what the other devices of an account are told when one of them has something erased."""
    if due > now:
        lead = _("One of your devices has asked that this be erased on %(time)s: %(what)s.")(
            time=Moment(due), what=what
        )
        remedy: Phrase = _("If that was not you: write “keep my account”, change your password, and tell %(contact)s.")(
            contact=reach(policy.controller)
        )
    else:
        lead = _("One of your devices has just had this erased: %(what)s.")(what=what)
        remedy = _("If that was not you: change your password, and tell %(contact)s.")(contact=reach(policy.controller))
    return Reply(TITLE, (Lead(lead), Paragraph(remedy)), outcome=Outcome.WARN)
