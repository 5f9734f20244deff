"""Each kind of change: how much it matters, whom it concerns, and its words in both languages."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.i18n import translator
from bot.policy.changes import Changes, Severity, diff
from bot.policy.terms import Category
from bot.policy.wording.changes import sentence
from tests.support.policies import LEAST, ROSTER, policy_from

MATERIAL, MINOR, WORDING = Severity.MATERIAL, Severity.MINOR, Severity.WORDING
UPLOADS = "data: [{category: uploads, %s}]\n"


def between(before: str, after: str) -> Changes:
    """Return the changes between the least policy with *before* and with *after*."""
    old, new = (LEAST + text if "data: [{" in text else LEAST + ROSTER + text for text in (before, after))
    return diff(policy_from(old), policy_from(new))


@dataclass(frozen=True)
class Case:
    """One change and what is expected of it."""

    before: str
    after: str
    severity: Severity
    english: str
    german: str


def uploads(before: str, after: str, severity: Severity, english: str, german: str) -> Case:
    return Case(UPLOADS % before, UPLOADS % after, severity, english, german)


FILES = "the files you upload (photos, videos, voice messages …)"
DATEIEN = "deine hochgeladenen Dateien (Fotos, Videos, Sprachnachrichten …)"
CASES = {
    "longer": uploads(
        "retention: 7 days",
        "retention: 30 days",
        MATERIAL,
        f"We keep {FILES} for 30 days instead of 7 days.",
        f"Wir bewahren {DATEIEN} 30 Tage lang auf statt 7 Tage.",
    ),
    "shorter": uploads(
        "retention: 30 days", "retention: 7 days", MINOR, "7 days instead of 30", "7 Tage lang auf statt 30"
    ),
    "bounded": uploads(
        "retention: until delivered",
        "retention: {first_of: [until delivered, 31 days]}",
        MINOR,
        "Before: until delivery.",
        "Vorher: bis zur Zustellung.",
    ),
    "unbounded": uploads(
        "retention: 7 days", "retention: unlimited", MATERIAL, "without a time limit", "ohne zeitliche"
    ),
    "announced": uploads(
        "retention: 7 days",
        "retention: [{limit: 7 days, valid_until: 2027-12-31}, {limit: 9 days, valid_from: 2028-01-01}]",
        MATERIAL,
        "From January 1, 2028 on: for 9 days.",
        "9 Tage lang",
    ),
    "reserved": uploads(
        "retention: 7 days",
        "retention: {limit: 7 days, may_become: 30 days}",
        MATERIAL,
        "We reserve the right to change this to: for 30 days.",
        "30 Tage lang",
    ),
    "no longer stored": uploads(
        "stored: yes", "stored: no", MINOR, f"We do not store {FILES}. Before: We store", "Vorher:"
    ),
    "stored now": uploads("stored: no", "stored: yes", MATERIAL, "Before: We do not store", "Vorher: Wir speichern"),
    "part added": uploads(
        "fields: [file]",
        "fields: [ip_address, file]",
        MATERIAL,
        "Uploaded files, stored as well now: IP address.",
        "Hochgeladene Dateien, jetzt auch gespeichert: IP-Adresse.",
    ),
    "part dropped": uploads(
        "fields: [file, size]", "fields: [file]", MINOR, "no longer stored: size", "nicht mehr gespeichert"
    ),
    "promise about a part": uploads(
        "fields_not_stored: [sender]",
        "fields: [file]\n  , fields_not_stored: []",
        MATERIAL,
        "no longer says",
        "nicht mehr",
    ),
    "purpose added": uploads(
        "purposes: [share_files]",
        "purposes: [share_files, statistics]",
        MATERIAL,
        f"We now also use {FILES} for: statistics.",
        f"Wir brauchen {DATEIEN} jetzt auch dafür: Statistik.",
    ),
    "purpose dropped": uploads(
        "purposes: [security, abuse]", "purposes: [abuse]", MINOR, "We no longer use", "nicht mehr dafür"
    ),
    "purposes left to the general ones": uploads(
        "purposes: [abuse]",
        "stored: yes",
        MATERIAL,
        "the purposes of all data hold",
        "es gelten die Zwecke aller Daten",
    ),
    "basis": uploads("legal_basis: [contract]", "legal_basis: [consent]", MATERIAL, "Art. 6(1)(a)", "Einwilligung"),
    "wider": uploads("visibility: [contacts]", "visibility: [public]", MATERIAL, "Everybody can see", "Alle können"),
    "narrower": uploads(
        "visibility: [public]", "visibility: [contacts]", MINOR, "Your contacts can see", "Deine Kontakte"
    ),
    "on from the start": uploads(
        'control: {default: "off", who: user}',
        'control: {default: "on", who: user}',
        MATERIAL,
        "It is on",
        "eingeschaltet",
    ),
    "switch taken": uploads(
        'control: {default: "on", who: user}', "stored: yes", MATERIAL, "no longer so: It is on", "gilt nicht mehr"
    ),
    "switch given": uploads("stored: yes", 'control: {default: "on", who: user}', MINOR, "new: It is on", "neu:"),
    "exception": uploads(
        "stored: no",
        "stored: no, exceptions: [{when: fault, retention: 1 hour}]",
        MATERIAL,
        "Exception: while a fault is looked into, it is stored for 1 hour.",
        "1 Stunde lang",
    ),
    "form worse": uploads("form: hash", "form: plain", MATERIAL, "in plain text", "im Klartext"),
    "form better": uploads("form: plain", "form: ciphertext", MINOR, "encrypted", "verschlüsselt"),
    "precision": uploads("precision: month", "precision: exact", MATERIAL, "Times are kept exactly", "genau"),
    "erasing": uploads("erasing: {ways: [client]}", "stored: yes", MATERIAL, "You can delete", "löschen"),
    "its own words are the fact": uploads(
        "details: {en: A., de: A.}", "details: {en: B., de: B.}", MATERIAL, "B. Before: A.", "B. Vorher: A."
    ),
    "text": uploads("text: A.", "text: B.", WORDING, "Uploaded files: B. Before: A.", "Hochgeladene Dateien"),
    "title": uploads("title: A", "title: B", WORDING, "B", "B"),
    "source": uploads("source: A", "source: B", WORDING, "where it is written", "wo es steht"),
    "data added": Case(
        "data: [{category: roster}]\n",
        "data: [{category: roster}, {category: archive, retention: 7 days}]\n",
        MATERIAL,
        "New: We store your message archive for 7 days.",
        "Neu: Wir speichern dein Nachrichtenarchiv 7 Tage lang.",
    ),
    "refusal added": Case(
        ROSTER,
        "data: [{category: roster}, {category: archive, stored: no}]\n",
        MINOR,
        "New: We do not store",
        "Neu: Wir speichern",
    ),
    "refusal dropped": Case(
        "data: [{category: roster}, {category: archive, stored: no}]\n",
        ROSTER,
        MATERIAL,
        "no longer promise",
        "nicht mehr",
    ),
    "data dropped": Case(
        "data: [{category: roster}, {category: archive}]\n",
        ROSTER,
        MINOR,
        "No longer so: We store",
        "Gilt nicht mehr: Wir",
    ),
    "recipient": Case(
        "", "recipients: [{kind: authorities}]\n", MATERIAL, "Who gets data, new: Goes to", "Wer Daten bekommt, neu"
    ),
    "recipient gone": Case(
        "recipients: [{kind: authorities}]\n", "", MINOR, "no longer so: Goes to", "gilt nicht mehr"
    ),
    "recipient abroad": Case(
        "recipients: [{kind: processor, name: X, country: DE}]\n",
        "recipients: [{kind: processor, name: X, country: US}]\n",
        MATERIAL,
        "in United States",
        "Vereinigte Staaten",
    ),
    "recipient gets more": Case(
        "recipients: [{kind: public, data: [profile]}]\n",
        "recipients: [{kind: public, data: [profile, roster]}]\n",
        MATERIAL,
        "Contact list",
        "Kontaktliste",
    ),
    "promise": Case("", "never: [sale]\n", MINOR, "New promise: We do not sell", "Neu versprochen: Wir verkaufen"),
    "promise withdrawn": Case(
        "never: [sale]\n", "", MATERIAL, "no longer promise this: We do not sell", "versprechen wir nicht mehr"
    ),
    "backups kept longer": Case(
        "backups: [{retention: 7 days}]\n",
        "backups: [{retention: 1 month}]\n",
        MATERIAL,
        "for 1 month. Before",
        "1 Monat lang",
    ),
    "backups more often": Case(
        "backups: [{every: 2 days, retention: 7 days}]\n",
        "backups: [{every: 1 day, retention: 7 days}]\n",
        MINOR,
        "every day",
        "jeden Tag",
    ),
    "backups elsewhere": Case(
        "backups: [{retention: 7 days, place: same_site}]\n",
        "backups: [{retention: 7 days, place: remote}]\n",
        MATERIAL,
        "at another place",
        "an einem anderen Ort",
    ),
    "unused accounts": Case(
        "inactive_accounts: [{after: 2 years}]\n",
        "inactive_accounts: [{after: 1 year}]\n",
        MATERIAL,
        "1 year",
        "1 Jahr",
    ),
    "later erasure": Case(
        "account_erasure: [{ways: [client]}]\n",
        "account_erasure: [{ways: [client], grace: 3 days}]\n",
        MATERIAL,
        "3 days",
        "3 Tage",
    ),
    "more remains": Case(
        "account_erasure: [{ways: [client]}]\n",
        "account_erasure: [{ways: [client], remains: [logs]}]\n",
        MATERIAL,
        "logs",
        "Protokoll",
    ),
    "weaker encryption": Case(
        "encryption: [{client_connections: required}]\n",
        "encryption: [{client_connections: offered}]\n",
        MATERIAL,
        "can be encrypted",
        "kann verschlüsselt",
    ),
    "better encryption": Case(
        "encryption: [{disks_encrypted: false}]\n",
        "encryption: [{disks_encrypted: true}]\n",
        MINOR,
        "The disks are encrypted",
        "Festplatten",
    ),
    "federation": Case(
        "federation: [{enabled: false}]\n",
        "federation: [{enabled: true}]\n",
        MATERIAL,
        "other servers",
        "anderen Servern",
    ),
    "right": Case("", "rights: [access]\n", MINOR, "New in the policy: You may know", "Neu in der Erklärung"),
    "right gone": Case(
        "rights: [access]\n", "", MATERIAL, "the law gives it to you all the same", "das Gesetz gibt es dir trotzdem"
    ),
    "fewer ways": Case(
        "rights: [{right: access, ways: [bot, contact]}]\n",
        "rights: [{right: access, ways: [contact]}]\n",
        MATERIAL,
        "by writing to us. Before:",
        "Vorher:",
    ),
    "slower": Case(
        "rights: [{right: access, deadline: 1 week}]\n",
        "rights: [{right: access, deadline: 1 month}]\n",
        MATERIAL,
        "1 month",
        "1 Monat",
    ),
    "officer": Case(
        "", "data_protection_officer: {name: Jo}\n", MINOR, "Data protection officer, new: Jo.", "neu: Jo."
    ),
    "officer gone": Case("data_protection_officer: {name: Jo}\n", "", MATERIAL, "no longer: Jo.", "nicht mehr: Jo."),
    "hosting": Case(
        "hosting: [{country: DE}]\n",
        "hosting: [{country: US}]\n",
        MATERIAL,
        "The servers stand in United States",
        "Vereinigte Staaten",
    ),
    "cookie": Case("", "cookies: [{name: x, life: 1 day}]\n", MATERIAL, "Cookies, new: The cookie “x”", "Cookies, neu"),
    "analytics elsewhere": Case(
        "analytics: [{tool: M, self_hosted: true}]\n",
        "analytics: [{tool: M, self_hosted: false}]\n",
        MATERIAL,
        "Before:",
        "Vorher:",
    ),
    "age": Case("children: {minimum_age: 13}\n", "children: {minimum_age: 16}\n", MATERIAL, "16", "16"),
    "service": Case(
        "", "services: [{id: wiki, kind: website, name: Wiki}]\n", MATERIAL, "New service: Wiki.", "Neuer Dienst: Wiki."
    ),
    "service gone": Case(
        "services: [{id: wiki, kind: website}]\n", "", MINOR, "no longer there: wiki.", "nicht mehr: wiki."
    ),
    "court order": Case(
        "authorities: {court_order_needed: true}\n",
        "authorities: {court_order_needed: false}\n",
        MATERIAL,
        "without a court order",
        "Vorher:",
    ),
    "a year of the report": Case(
        "authorities: {court_order_needed: true}\n",
        "authorities: {court_order_needed: true, reports: [{until: 2026-01-01, requests: 0}]}\n",
        WORDING,
        "transparency report",
        "Transparenzbericht",
    ),
    "canary gone": Case(
        "authorities: {canary: {stated: 2026-01-01, text: None so far.}}\n",
        "",
        MATERIAL,
        "no longer so",
        "gilt nicht mehr",
    ),
    "abuse": Case(
        "abuse: {data: [logs]}\n", "abuse: {data: [logs, archive]}\n", MATERIAL, "Message archive", "Nachrichtenarchiv"
    ),
    "general purpose": Case(
        "purposes: [operate]\n",
        "purposes: [operate, payment]\n",
        MATERIAL,
        "We now also use data for: payments.",
        "jetzt auch dafür",
    ),
    "general basis": Case(
        "legal_basis: [contract]\n",
        "legal_basis: [legitimate_interests]\n",
        MATERIAL,
        "Art. 6(1)(f)",
        "nicht mehr auf dieser",
    ),
    "channel": Case(
        "notices: {material: [e-mail]}\n", "", MATERIAL, "no longer: for changes that matter: e-mail.", "nicht mehr"
    ),
    "advice": Case(
        "", "advice: [{topic: account, text: Be careful.}]\n", WORDING, "advice: the wording changed.", "Empfehlungen"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_kind(case: Case) -> None:
    changes = between(case.before, case.after)
    assert changes.severity is case.severity
    gravest = changes.of(case.severity)
    for language, wanted in (("en", case.english), ("de", case.german)):
        said = " ".join(translator(language)(sentence(changes, one)) for one in gravest)
        assert wanted in said, said


def test_the_controller_and_where_to_write() -> None:
    old, new = policy_from(LEAST + ROSTER), policy_from((LEAST + ROSTER).replace("kim@", "jo@"))
    [change] = diff(old, new)
    assert (change.section, change.severity, change.categories) == ("controller", MATERIAL, ())
    said = translator("en")(sentence(diff(old, new), change))
    assert said == "Who is responsible: E-mail: jo@example.org instead of E-mail: kim@example.org."


def test_a_second_way_to_write_is_good_news() -> None:
    more = (LEAST + ROSTER).replace("email: kim@", "jid: kim@example.org, email: kim@")
    assert diff(policy_from(LEAST + ROSTER), policy_from(more)).severity is MINOR


def test_a_change_names_the_data_that_it_concerns() -> None:
    [change] = between(UPLOADS % "retention: 7 days", UPLOADS % "retention: 8 days")
    assert change.categories == (Category.UPLOADS,)
    [change] = between("", "recipients: [{kind: public, messages: true, data: [profile]}]\n")
    assert change.categories == (Category.PROFILE, Category.OFFLINE_MESSAGES, Category.ARCHIVE, Category.ROOM_ARCHIVE)
    services = "services: [{id: web, kind: website}]\ndata: [{category: website_visits, service: web}]\n"
    [change] = between(services, services + "cookies: [{service: web, life: 1 day}]\n")
    assert change.categories == (Category.WEBSITE_VISITS,)
    [change] = between("", "never: [sale]\n")
    assert change.categories == ()


def test_a_new_title_does_not_tear_a_statement_apart() -> None:
    two = "data: [{category: logs, level: info, title: %s, retention: %s}, {category: logs, level: error}]\n"
    changes = between(two % ("A", "7 days"), two % ("B", "8 days"))
    assert [(one.field, one.severity) for one in changes] == [("title", WORDING), ("retention", MATERIAL)]


def test_the_words_beside_a_promise_can_hollow_it_out() -> None:
    assert between("never: [sale]\n", "never: [{practice: sale, text: Not yet.}]\n").severity is MATERIAL
    both = "never: [{practice: sale, text: {en: Not ever.%s}}]\n"
    assert between(both % "", both % ", de: Niemals.").severity is WORDING


def test_what_was_over_before_is_only_tidied_away() -> None:
    over = "data: [{category: roster}, {category: archive, valid_until: 2020-01-01}]\n"
    assert between(over, ROSTER).severity is WORDING
