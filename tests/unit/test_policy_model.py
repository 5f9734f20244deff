"""The policy model says what real policies say: one test for each of a list of 35 such things."""

from collections.abc import Callable
from datetime import date

import pytest

from bot.i18n import Duration, Unit, translator
from bot.policy.base import Source, Statement
from bot.policy.data import DataStatement
from bot.policy.model import read_policy
from bot.policy.organisation import Practice, RecipientKind, RightName
from bot.policy.retention import Event, FirstOf, Kept, Last, Period, Until, Wiped
from bot.policy.services import Remains, ServiceKind
from bot.policy.terms import (
    Category,
    Condition,
    FieldName,
    FormKind,
    LegalBasis,
    Precision,
    Purpose,
    Stored,
    Switcher,
    Visibility,
    Way,
)
from bot.policy.wording.people import recipient as recipient_lines
from tests.support.policies import FILE, LEAST, REAL, ROSTER, SHIPPED, complaints, policy_from

POLICY = read_policy(REAL)
TODAY = date(2026, 11, 20)


def section(source: Source | None) -> str | None:
    return source.section.root["en"] if source and source.section else None


def data(number: str, category: Category | str | None = None) -> DataStatement:
    """Return the statement on data that says item *number* (of that category)."""
    return next(one for one in POLICY.data if section(one.source) == number and category in (None, one.category))


def entries(number: str, of: tuple[Statement, ...]) -> list[Statement]:
    return [one for one in of if section(one.source) == number]


def limits(number: str) -> list[object]:
    """Return how long the statements on data of item *number* say that they are kept."""
    return [one.retention[0].limit for one in POLICY.data if section(one.source) == number and one.retention]


def days(count: int) -> Duration:
    return Duration(count, Unit.DAY)


def exceptions(number: str) -> dict[Condition, object]:
    return {one.when.condition: one.retention.limit if one.retention else None for one in data(number).exceptions}


def recipient(kind: RecipientKind) -> dict[str, object]:
    return next(one for one in POLICY.recipients if one.kind is kind).model_dump(exclude_defaults=True)


def services(kind: ServiceKind) -> set[str]:
    return {one.id for one in POLICY.services if one.kind is kind}


def item_1() -> bool:
    first = data("1").retention[0].limit
    return isinstance(first, FirstOf) and [type(part) for part in first.first_of] == [Until, Period]


def item_2() -> bool:
    return limits("2") == [Until(until=event) for event in (Event.ERASED_BY_USER, Event.LOGOUT, Event.SERVER_RESTART)]


def item_3() -> bool:
    at_least, about, short = limits("3")
    bounds = [one.bound for one in (at_least, about) if isinstance(one, Period)]
    return bounds == ["at_least", "about"] and short == Kept(kept="not_stated")


def item_4() -> bool:
    unlimited, none, unknown = (
        data("4", one) for one in (Category.BLOCKLIST, Category.ACCESS_TOKENS, Category.CLIENT_DATA)
    )
    silent = POLICY.about(Category.PUSH_REGISTRATIONS, day=TODAY)
    return (
        unlimited.retention[0].limit == Kept(kept="unlimited")
        and (none.stored, unknown.stored) == (Stored.NO, Stored.UNKNOWN)
        and silent == ()
    )


def item_5() -> bool:
    return limits("5") == [Wiped(wiped_every=Duration(72, Unit.HOUR))]


def item_6() -> bool:
    now, later = data("6").retention
    rules = [(one.after, one.valid_from) for one in POLICY.inactive_accounts if section(one.source) == "6"]
    return (
        now.may_become == Period(period=days(30))
        and (now.valid_until, later.valid_from) == (date(2025, 12, 31), date(2026, 1, 1))
        and rules == [(Duration(37, Unit.MONTH), date(2022, 9, 1)), (Duration(25, Unit.MONTH), None)]
    )


def item_7() -> bool:
    told = [one.precision for one in POLICY.data if section(one.source) == "7"]
    return told == [Precision.QUARTER, Precision.MONTH] and limits("7")[1] == Period(period=Duration(6, Unit.HOUR))


def item_8() -> bool:
    [backup] = POLICY.backups
    return (
        (backup.every, backup.retention.longest()) == (days(1), Duration(1, Unit.MONTH))
        and backup.excludes == (Category.LOGS,)
        and bool(backup.encrypted_in_transit and backup.encrypted_at_rest)
    )


def item_9() -> bool:
    erasure = POLICY.account_erasure[0]
    return erasure.name_blocked == Period(period=Duration(1, Unit.YEAR)) and Remains.BACKUPS in erasure.remains


def item_10() -> bool:
    return data("10").stored is Stored.CONDITIONAL and data("10").when[0].condition is Condition.CLIENT_USES_IT


def item_11() -> bool:
    out, in_, fixed = (
        data("10").control,
        data("11", Category.ARCHIVE).control,
        data("11", Category.ROOM_MEMBERSHIPS).control,
    )
    assert out
    assert in_
    assert fixed
    return (
        (out.default, in_.default, fixed.who) == ("on", "off", Switcher.NOBODY)
        and out.who is Switcher.USER
        and out.where == (Way.CLIENT, Way.WEBSITE, Way.BOT)
    )


def item_12() -> bool:
    control = data("12").control
    return control is not None and (control.who, control.remains) == (Switcher.ROOM_OWNER, Last(last=20))


def item_13() -> bool:
    return limits("13") == [Last(last=20)]


def item_14() -> bool:
    return data("14").stored is Stored.NO and exceptions("14") == {
        Condition.FAILED_LOGIN: Period(period=Duration(1, Unit.HOUR)),
        Condition.FAULT: Until(until=Event.FAULT_MENDED),
        Condition.BLOCKED: Until(until=Event.UNBLOCKED),
        Condition.COURT_ORDER: None,
    }


def item_15() -> bool:
    return exceptions("15") == {
        Condition.WEB_REGISTRATION: Period(period=days(7)),
        Condition.IN_BAND_REGISTRATION: Period(period=days(21)),
    }


def item_16() -> bool:
    rules = [one for one in POLICY.inactive_accounts if section(one.source) == "16"]
    return [(one.never_used, one.certain, one.use is not None) for one in rules] == [
        (True, True, False),
        (False, False, False),
        (False, True, True),
    ]


def item_17() -> bool:
    scope = data("17").applies_to
    scoped = entries("17", (*POLICY.account_erasure, *POLICY.encryption))
    return (
        scope is not None
        and scope.hosts == ("customer.example",)
        and len(scoped) == 2
        and all(one.applies_to and one.applies_to.accounts for one in scoped)
    )


def item_18() -> bool:
    return [one.practice for one in POLICY.never if section(one.source) == "18"] == [
        Practice.SALE,
        Practice.AI_TRAINING,
        Practice.OTHER,
    ]


def item_19() -> bool:
    errors, mail = data("19", Category.LOGS), data("19", Category.MAIL_LOGS)
    return (
        FieldName.RECIPIENT in errors.fields
        and errors.fields_not_stored == (FieldName.CONTENT,)
        and mail.fields_not_stored == (FieldName.SUBJECT,)
        and FieldName.CONTENT in data("10").fields
    )


def item_20() -> bool:
    forms = [one.form.kind for one in POLICY.data if section(one.source) == "20" and one.form]
    password = data("20", Category.PASSWORD).form
    [disks] = [one for one in POLICY.encryption if section(one.source) == "20"]
    return (
        forms == [FormKind.HASH, FormKind.HASH, FormKind.MIXED, FormKind.PLAIN]
        and password is not None
        and password.algorithm == "SCRAM-SHA-256"
        and bool(disks.disks_encrypted and disks.key_holders and disks.operator_can_read)
    )


def item_21() -> bool:
    return data("21").visibility == (Visibility.CLIENT_DECIDES,)


def item_22() -> bool:
    one = data("22")
    return one.when[0].condition is Condition.CLIENT_DECIDES and one.details is not None


def item_23() -> bool:
    one = data("14")
    reason = one.exceptions[0].retention
    return (
        one.purposes == (Purpose.SECURITY,)
        and one.legal_basis[0].basis is LegalBasis.LEGITIMATE_INTERESTS
        and one.legal_basis[0].interest is not None
        and reason is not None
        and reason.reason is not None
        and POLICY.legal_basis[0].basis is LegalBasis.CONTRACT
    )


def item_24() -> bool:
    push = recipient(RecipientKind.PUSH_SERVICES)
    return (
        recipient(RecipientKind.OTHER_SERVERS)["own_rules"] is True
        and (push["country"], push["controllable"]) == ("US", True)
        and recipient(RecipientKind.RESEARCHERS)["aggregated"] is True
        and recipient(RecipientKind.OTHER_OPERATORS)["condition"] is Condition.ABUSE
        and recipient(RecipientKind.INTERNET_PROVIDER)["data"] == (Category.IP_ADDRESSES,)
        and recipient(RecipientKind.AUTHORITIES)["condition"] is Condition.COURT_ORDER
    )


def item_25() -> bool:
    [hosting] = POLICY.hosting
    return (hosting.country, hosting.jurisdiction, hosting.rented) == ("FR", "FR", True)


def item_26() -> bool:
    [tracking] = [one for one in POLICY.never if one.practice is Practice.TRACKING]
    [analytics] = POLICY.analytics
    return (tracking.service, analytics.service) == ("chat", "website") and services(ServiceKind.WEBSITE) == {
        "website",
        "wiki",
    }


def item_27() -> bool:
    logins, use = data("27", Category.TRANSPORT_CREDENTIALS), data("27", Category.LOGS)
    return (
        logins.form is not None
        and logins.form.kind is FormKind.PLAIN
        and FieldName.FOREIGN_IDENTITY in use.fields
        and use.service in services(ServiceKind.TRANSPORTS)
    )


def item_28() -> bool:
    told = {
        (one.right, one.category): (one.available, one.identity is not None)
        for one in POLICY.rights
        if section(one.source) == "28"
    }
    return told == {
        (RightName.PORTABILITY, Category.ROSTER): (True, False),
        (RightName.PORTABILITY, Category.ARCHIVE): (False, False),
        (RightName.ACCESS, Category.LOGS): (False, False),
        (RightName.ACCESS, None): (True, True),
    }


def item_29() -> bool:
    source = POLICY.rights[-1].source
    return source is not None and (source.version, source.url) == ("2023-02-01", "https://real.example/terms")


def item_30() -> bool:
    one = data("30")
    return (one.fields, one.fields_not_stored, one.precision) == (
        (FieldName.LAST_LOGIN,),
        (FieldName.LOGIN_TIMES,),
        Precision.DAY,
    ) and [one.version for one in POLICY.history] == ["34", "33"]


def item_31() -> bool:
    [complaint] = complaints(LEAST + "introduction: 'We keep it for {{RETENTION}}.'\n" + ROSTER)
    return "placeholder '{{RETENTION}}' is still here" in complaint


def item_32() -> bool:
    return [one.topic for one in POLICY.advice] == ["encryption", "ip_addresses"]


def item_33() -> bool:
    levels = {one.level: one.temporary for one in POLICY.data if section(one.source) == "33"}
    return levels == {"info": False, "debug": True}


def item_34() -> bool:
    notices = POLICY.notices
    return notices is not None and (len(notices.material), len(notices.minor)) == (2, 1)


def item_35() -> bool:
    authorities = POLICY.authorities
    assert authorities
    return (
        [one.requests for one in authorities.reports] == [0, 3]
        and authorities.canary is not None
        and authorities.canary.renewed_every == Duration(3, Unit.MONTH)
        and authorities.court_order_needed is True
        and authorities.notify_user == "unless_forbidden"
    )


ITEMS: dict[int, Callable[[], bool]] = {number: globals()[f"item_{number}"] for number in range(1, 36)}


@pytest.mark.parametrize("number", ITEMS)
def test_what_real_policies_say_can_be_said_as_facts(number: int) -> None:
    assert ITEMS[number]()


def test_a_statement_holds_from_its_first_to_its_last_day() -> None:
    entry = "{category: roster, valid_from: 2026-02-01, valid_until: 2026-02-28}"
    policy = policy_from(LEAST + f"data: [{entry}]\n")

    def told(day: date) -> int:
        return len(policy.about(Category.ROSTER, day=day))

    assert [told(date(2026, month, day)) for month, day in ((1, 31), (2, 1), (2, 28), (3, 1))] == [0, 1, 1, 0]


def test_the_same_kind_of_data_can_be_told_apart_by_service_and_by_time() -> None:
    policy = policy_from(
        LEAST
        + """\
services: [{id: web, kind: registration}]
data:
  - {category: ip_addresses, stored: no}
  - {category: ip_addresses, service: web, retention: 7 days}
  - {category: ip_addresses, service: web, retention: 3 days, valid_from: 2027-01-01}
"""
    )
    assert len(policy.about(Category.IP_ADDRESSES, day=date(2026, 6, 1))) == 2
    assert len(policy.about(Category.IP_ADDRESSES, day=date(2027, 6, 1))) == 3


def test_a_single_word_stands_for_an_entry_with_this_word() -> None:
    short = (
        "legal_basis: [contract]\nnever: [sale]\nrights: [access]\ndata: [{category: roster, form: hash, source: 4}]\n"
    )
    long = (
        "legal_basis: [{basis: contract}]\nnever: [{practice: sale}]\nrights: [{right: access}]\n"
        "data: [{category: roster, form: {kind: hash}, source: {section: 4}}]\n"
    )
    assert policy_from(LEAST + short) == policy_from(LEAST + long)


def test_a_plain_text_is_in_the_first_language_of_the_policy() -> None:
    policy = policy_from(LEAST + "introduction: Hello.\n" + ROSTER)
    assert policy.introduction is not None
    assert policy.introduction.root == {"en": "Hello."}


def test_norwegian_can_be_a_language_of_a_policy() -> None:
    policy = policy_from(LEAST.replace("en, de", "en, no") + "introduction: {no: Hei.}\n" + ROSTER)
    assert policy.introduction is not None
    assert policy.introduction.root == {"no": "Hei."}


def test_a_service_is_found_by_its_id() -> None:
    policy = read_policy(SHIPPED / "searx-chat.yaml")
    found = policy.service("search")
    assert found is not None
    assert found.kind is ServiceKind.SEARCH
    assert policy.service("nowhere") is None
    assert policy.service(None) is None


def test_facts_do_not_change_once_they_are_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        POLICY.version = "36"


def test_a_recipient_in_a_case_of_its_own_says_which() -> None:
    text = LEAST + ROSTER + "recipients: [{kind: researchers, condition: other%s}]\n"
    assert complaints(text % "") == [f"{FILE}:6:14: 'condition: other' needs a 'text' that says when"]
    policy = policy_from(text % ", text: Only if you ask for it.")
    said = [translator("en")(line.text) for line in recipient_lines(policy.recipients[0])]
    assert said == ["Goes to researchers: data.", "Only if you ask for it."]
