"""What concepts mean together: the table that turns what was found into labels.

Each row: a label, its points, the concepts that must all be there, and (after "-") concepts
that must not.  Points of all rows that fit are added up; the label with most points wins.  An
aspect is written ``:how_long``, a mood ``!erase``.  Rows say what questions mean, never how a
language puts them; a new language needs none.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.understanding.reading import Reading
from bot.policy.vocabulary import Intent, Label, Topic

_TABLE = """
uploads             3.0 upload
uploads             1.0 upload :how_long
uploads             0.8 upload :who
uploads             0.8 upload :erase
uploads             1.0 upload message
archive             1.6 message
archive             3.0 history
archive             1.2 message :how_long
archive             1.6 message history
archive             1.0 message :erase
archive             0.8 message :where
archive            -1.5 upload
muc_archive         3.2 room
muc_archive         1.6 room history
muc_archive         1.2 room message
muc_archive         1.5 room log
muc_archive         1.0 room :who
muc_archive         1.0 room :switch_off
roster              3.0 contacts
roster             -1.4 contacts message
account             2.0 account
account             2.6 last_login
account             0.8 last_login :why
password            3.6 password
password            1.2 password :encrypted
password            1.0 password read
password            1.0 password encryption
presence            3.0 presence - offline
presence            1.2 presence :who
offline_messages    3.4 offline
offline_messages    1.2 offline message
offline_messages    0.8 offline :how_long
profile             3.2 profile
profile             0.6 profile :who
profile            -0.4 profile account
client_data         3.2 client_data
ip_addresses        3.6 ip
ip_addresses        0.8 ip log
logs                3.0 log
logs                0.6 log :how_long
logs                0.8 log other_server
backups             3.8 backup
backups             1.2 backup :erase
inactive_accounts   3.6 inactive
inactive_accounts   1.2 inactive account
account_deletion    3.2 account :erase
account_deletion    1.6 overview :erase
account_deletion    0.8 account !hypothetical :erase
encryption          2.8 encryption
encryption          3.2 read
encryption          1.2 read message
encryption          2.0 read admin
encryption          1.4 admin message
encryption          1.0 admin history
encryption          0.6 message :encrypted
federation          3.8 other_server
federation          0.8 other_server message
third_parties       3.2 third_party
third_parties       0.8 third_party overview
purposes            2.6 purpose
purposes            1.0 purpose overview
purposes            0.8 purpose last_login
legal_basis         3.4 legal
legal_basis         0.8 legal purpose
abuse               3.6 abuse
abuse               0.8 abuse ip
authorities         3.8 authority
authorities         1.0 authority encryption
authorities         0.8 authority third_party
statistics          3.2 statistics
statistics          0.4 statistics account
statistics         -1.6 statistics analytics
email               3.0 email
email               1.0 email :how_long
email              -1.8 email operator
webmail_cookies     3.0 cookie
webmail_cookies     3.6 webmail
webmail_cookies     1.4 webmail cookie
search_engine       3.4 search
search_engine       1.0 search third_party
web_analytics       3.6 analytics
web_analytics       1.2 analytics cookie
web_analytics       1.2 analytics ip
web_analytics       1.2 analytics statistics
web_analytics       0.8 analytics right
rights              3.2 right
rights              0.8 right overview
rights              0.6 right :erase
controller_contact  3.6 operator
controller_contact  0.6 admin operator
controller_contact  1.0 admin - read message
children            3.8 child
data_location       3.4 place
data_location       1.0 place overview
policy_changes      3.6 changes
policy_changes      0.8 changes policy
bot                 2.8 bot
bot                 1.0 bot message
bot                 1.0 bot encryption
bot                 1.0 bot read
overview            2.2 overview
overview            0.8 overview :how_long
overview            0.6 overview !question
OUT_OF_SCOPE        3.0 off
OUT_OF_SCOPE        2.2 !others - other_server
my_data             2.2 my_data
my_data             1.0 my_data show
my_data             1.0 my_data overview
export_data         3.4 export
export_data         1.2 export overview
export_data         0.8 export my_data
set_language        3.4 language
announcements_on    3.4 notify_on
announcements_on   -0.8 notify_on !question
announcements_off   4.2 notify_off
help                3.2 help
show_policy         2.4 policy
show_policy         1.6 policy show
show_policy         0.8 policy overview
show_changes        3.4 show_changes
show_changes        1.4 show_changes policy
policy_changes      1.0 show_changes changes
greeting            1.0 greeting
thanks              1.0 thanks
"""

_LABELS: dict[str, Label] = {label.value: label for vocabulary in (Topic, Intent) for label in vocabulary}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table."""

    label: Label
    points: float
    concepts: frozenset[str]
    aspects: frozenset[str]
    moods: frozenset[str]
    without: frozenset[str]

    def fits(self, reading: Reading) -> bool:
        """Return whether everything that the rule needs was found, and nothing that it excludes."""
        return (
            all(concept in reading.concepts for concept in self.concepts)
            and all(aspect in reading.aspects for aspect in self.aspects)
            and all(mood in reading.moods for mood in self.moods)
            and not any(concept in reading.concepts for concept in self.without)
        )


def _rule(row: str) -> Rule:
    needed, _dash, excluded = row.partition(" - ")
    label, points, *words = needed.split()
    return Rule(
        _LABELS[label],
        float(points),
        frozenset(word for word in words if word[0] not in ":!"),
        frozenset(word[1:] for word in words if word[0] == ":"),
        frozenset(word[1:] for word in words if word[0] == "!"),
        frozenset(excluded.split()),
    )


RULES: tuple[Rule, ...] = tuple(_rule(row) for row in _TABLE.strip().splitlines())


def scores(reading: Reading) -> dict[Label, float]:
    """Return the points of every label that anything speaks for."""
    found: dict[Label, float] = {}
    for rule in RULES:
        if rule.fits(reading):
            found[rule.label] = found.get(rule.label, 0.0) + rule.points
    return found
