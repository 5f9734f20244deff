"""The policies that are shipped: valid, complete in every language, with sources."""

from collections.abc import Iterator
from datetime import date

import pytest
from pydantic import BaseModel

from bot.i18n import Duration, Unit
from bot.policy.base import Name, Statement, Text
from bot.policy.data import DataStatement
from bot.policy.model import Policy, read_policy
from bot.policy.organisation import Practice, RightName
from bot.policy.retention import Event, Kept, Last, Period, Until
from bot.policy.services import Place, ServiceKind
from bot.policy.terms import Category, Condition, FieldName, FormKind, LegalBasis, Purpose, Stored, Visibility
from tests.support.policies import SHIPPED

FILES = sorted(SHIPPED.glob("*.yaml"))
SEARX = read_policy(SHIPPED / "searx-chat.yaml")
MAIL = read_policy(SHIPPED / "mail-and-chat.yaml")
TODAY = date(2026, 11, 20)


def parts(model: BaseModel) -> Iterator[BaseModel]:
    """Yield a model and all models inside it."""
    yield model
    for name in type(model).model_fields:
        value = getattr(model, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, BaseModel):
                yield from parts(one)


def about(policy: Policy, category: Category, service: str | None = None) -> DataStatement:
    [found] = [one for one in policy.about(category, day=TODAY) if service in (None, one.service)]
    return found


def period(count: int, unit: Unit) -> Period:
    return Period(period=Duration(count, unit))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_policy_can_be_read(path: object) -> None:
    assert path in FILES
    assert read_policy(SHIPPED / str(path)).data


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_is_there_in_every_language_of_the_policy(path: object) -> None:
    policy = read_policy(SHIPPED / str(path))
    texts = [one for one in parts(policy) if isinstance(one, Text)]
    names = [one for one in parts(policy) if isinstance(one, Name) and len(one.root) > 1]
    assert [one.root for one in (*texts, *names) if set(one.root) != set(policy.languages)] == []


@pytest.mark.parametrize("policy", [SEARX, MAIL], ids=["searx-chat", "mail-and-chat"])
def test_every_statement_of_the_examples_names_its_section(policy: Policy) -> None:
    statements = [one for one in parts(policy) if isinstance(one, Statement)]
    assert len(statements) > 25
    assert [one for one in statements if one.source is None or one.source.section is None] == []


def test_every_kind_of_service_of_the_examples_is_one_that_a_statement_is_about() -> None:
    for policy in (SEARX, MAIL):
        used = {one.service for one in parts(policy) if isinstance(one, Statement)}
        assert {one.id for one in policy.services} - used <= {"website"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_the_bot_itself_keeps_is_part_of_every_shipped_policy(path: object) -> None:
    policy = read_policy(SHIPPED / str(path))
    chosen, told, done = policy.about(Category.BOT_RECORDS, day=policy.effective)
    assert set(chosen.fields) == {FieldName.PSEUDONYM, FieldName.CHOSEN_LANGUAGE, FieldName.TIME}
    assert set(done.fields) == {FieldName.PSEUDONYM, FieldName.TIME}
    assert set(told.fields) == {FieldName.PSEUDONYM, FieldName.TIME}
    for one in (chosen, told, done):
        assert {FieldName.CONTENT, FieldName.IP_ADDRESS} <= set(one.fields_not_stored)


# The policy with the search engine.


def test_searx_principles() -> None:
    assert {one.practice for one in SEARX.never} == {
        Practice.SALE,
        Practice.DISCLOSURE,
        Practice.MORE_THAN_NECESSARY,
        Practice.PROFILING,
    }
    assert SEARX.languages == ("de", "en")
    assert SEARX.purposes == (Purpose.OPERATE, Purpose.ABUSE, Purpose.FAULTS)


@pytest.mark.parametrize(
    ("category", "fields"),
    [
        (Category.ACCOUNT, {FieldName.USER_NAME, FieldName.DOMAIN, FieldName.CREATED}),
        (Category.LAST_ACTIVITY, {FieldName.LAST_LOGIN}),
        (Category.PASSWORD, {FieldName.PASSWORD_HASH}),
        (Category.ROSTER, {FieldName.CONTACTS}),
        (Category.PRESENCE, {FieldName.PRESENCE, FieldName.STATUS_MESSAGE}),
    ],
)
def test_searx_account_data(category: Category, fields: set[FieldName]) -> None:
    assert set(about(SEARX, category).fields) == fields


def test_searx_password_is_a_hash_and_never_the_password() -> None:
    one = about(SEARX, Category.PASSWORD)
    assert one.form is not None
    assert one.form.kind is FormKind.HASH
    assert one.fields_not_stored == (FieldName.PASSWORD,)


@pytest.mark.parametrize(
    ("category", "limit"),
    [
        (Category.OFFLINE_MESSAGES, Until(until=Event.NEXT_LOGIN)),
        (Category.ARCHIVE, period(365, Unit.DAY)),
        (Category.ROOM_ARCHIVE, period(365, Unit.DAY)),
        (Category.UPLOADS, period(7, Unit.DAY)),
        (Category.IP_ADDRESSES, Until(until=Event.LOGOUT)),
        (Category.ROSTER, Until(until=Event.ERASED_BY_USER)),
        (Category.WEBSITE_VISITS, Until(until=Event.STATISTICS_FINAL)),
    ],
)
def test_searx_how_long(category: Category, limit: object) -> None:
    assert [one.limit for one in about(SEARX, category).retention] == [limit]


def test_searx_archive_only_if_the_client_uses_it() -> None:
    one = about(SEARX, Category.ARCHIVE)
    assert one.stored is Stored.CONDITIONAL
    assert [each.condition for each in one.when] == [Condition.CLIENT_USES_IT]
    assert one.purposes == (Purpose.SYNC_DEVICES,)


def test_searx_rooms_are_archived_by_default_and_the_last_20_messages_always() -> None:
    one = about(SEARX, Category.ROOM_ARCHIVE)
    assert one.control is not None
    assert (one.control.default, one.control.who, one.control.remains) == ("on", "room_owner", Last(last=20))
    assert Purpose.NEWCOMERS in one.purposes


def test_searx_some_uploads_are_encrypted_by_the_client() -> None:
    one = about(SEARX, Category.UPLOADS)
    assert one.form is not None
    assert one.form.kind is FormKind.MIXED


@pytest.mark.parametrize("category", [Category.PROFILE, Category.CLIENT_DATA])
def test_searx_what_apps_store_is_public_or_not_as_the_app_decides(category: Category) -> None:
    one = about(SEARX, category)
    assert [each.condition for each in one.when] == [Condition.CLIENT_DECIDES]
    assert one.visibility == (Visibility.CLIENT_DECIDES,)


def test_searx_unused_accounts_and_backups() -> None:
    [unused] = SEARX.inactive_accounts
    assert (unused.after, unused.certain) == (Duration(2, Unit.YEAR), True)
    [backup] = SEARX.backups
    assert backup.every == Duration(1, Unit.DAY)
    assert backup.retention.limit == Kept(kept="not_stated")
    assert backup.text is not None


def test_searx_right_of_access_and_objection() -> None:
    assert [one.right for one in SEARX.rights] == [RightName.ACCESS, RightName.OBJECTION]


def test_searx_analytics() -> None:
    [matomo] = SEARX.analytics
    assert matomo.legal_basis is not None
    assert matomo.legal_basis.basis is LegalBasis.LEGITIMATE_INTERESTS
    assert matomo.legal_basis.interest is not None
    assert (matomo.self_hosted, matomo.ip_shortened, matomo.profiles, matomo.objection) == (
        True,
        True,
        False,
        True,
    )
    assert set(matomo.fields) == {
        FieldName.SHORTENED_IP_ADDRESS,
        FieldName.VISITOR_ID,
        FieldName.SESSION_ID,
        FieldName.PREVIOUS_PAGE,
        FieldName.OPERATING_SYSTEM,
        FieldName.BROWSER,
        FieldName.BROWSER_LANGUAGE,
    }
    assert set(matomo.with_scripts) == {
        FieldName.PAGES_VISITED,
        FieldName.TIME,
        FieldName.REQUEST_KIND,
        FieldName.SCREEN,
        FieldName.TECHNIQUES,
    }
    assert len(SEARX.cookies) == 2


def test_searx_search_engine_is_open_to_everyone() -> None:
    [engine] = SEARX.search_engines
    assert engine.open_to_everyone is True
    assert about(SEARX, Category.SEARCH_QUERIES).stored is Stored.UNKNOWN


# The policy with e-mail.


def test_mail_nothing_is_sold_disclosed_or_advertised() -> None:
    assert {one.practice for one in MAIL.never} == {
        Practice.COMMERCIAL_USE,
        Practice.SALE,
        Practice.DISCLOSURE,
        Practice.ADVERTISING,
        Practice.PUBLISHING_ADDRESSES,
        Practice.SHOWING_IP_ADDRESSES,
        Practice.FORWARDING_CLIENT_IP_ADDRESSES,
        Practice.TRACKING,
        Practice.PROFILING,
    }
    assert MAIL.effective == date(2018, 5, 25)


def test_mail_lies_encrypted() -> None:
    for category in (Category.MAILBOX, Category.ADDRESS_BOOK):
        form = about(MAIL, category).form
        assert form is not None
        assert form.kind is FormKind.CIPHERTEXT
    assert [(one.disks_encrypted, one.service) for one in MAIL.encryption] == [(True, "mail")]
    assert about(MAIL, Category.ACCOUNT, "mail").fields == (FieldName.EMAIL_ADDRESS,)


def test_mail_backups_let_the_end_of_what_is_erased_be_computed() -> None:
    [backup] = MAIL.backups
    assert backup.retention.longest() == Duration(7, Unit.DAY)
    assert (backup.encrypted_in_transit, backup.encrypted_at_rest, backup.place) == (True, True, Place.REMOTE)


def test_mail_other_servers_get_messages_and_what_is_shown_to_others() -> None:
    [federation] = MAIL.federation
    assert federation.rules_may_differ
    assert Category.PRESENCE in federation.data
    assert [one.kind for one in MAIL.recipients] == ["public", "other_servers"]


def test_mail_statistics_are_about_no_person_and_addresses_are_not_told() -> None:
    assert about(MAIL, Category.STATISTICS).personal is False
    assert about(MAIL, Category.IP_ADDRESSES).stored is Stored.UNKNOWN


def test_mail_transparency_report_counts_nought_too() -> None:
    assert MAIL.authorities is not None
    assert [one.requests for one in MAIL.authorities.reports] == [0]


def test_mail_cookies_live_for_the_session_and_spam_is_forbidden() -> None:
    assert {one.service for one in MAIL.cookies} == {"webmail"}
    for cookie in MAIL.cookies:
        assert cookie.life == Until(until=Event.SESSION_END)
        assert (cookie.tracking, cookie.can_be_disabled) == (False, True)
    assert MAIL.abuse is not None
    assert (MAIL.abuse.spam_forbidden, MAIL.abuse.guaranteed) == (True, False)
    assert {one.kind for one in MAIL.services} == {
        ServiceKind.CHAT,
        ServiceKind.EMAIL,
        ServiceKind.WEBMAIL,
        ServiceKind.BOT,
    }
