"""What words can stand for: the same in every language, the words are in ``data/phrases``.

Of two entries of the same group where one lies inside the other, only the longer one counts:
"not any more" is about leaving and no negation.
"""

SUBJECTS = (
    "account admin advertising age analytics announcements assistant backup ban blocklist bookmarks change children"
    " company complaint connection contact contacts controller conversation_here cookies copy correct country data"
    " death email encryption export first_party gdpr google harass history hosting illegal inactive ip keys leaving legal"
    " login_time logs message metadata money negation offline omemo other_server outage password personal police policy"
    " presence profile protect provider_app purpose read_along real_person recover registration report restrict"
    " retained reuse rights room rules_broken search_engine sell share spam statistics third_party track"
    " transport_logs unpaid_help uploads usage_help used_space username version webmail website whats_new whom"
).split()
"""What a text is about."""

GENERAL = (
    "account admin change company contact controller copy country data export first_party gdpr leaving legal message"
    " metadata negation policy protect purpose restrict rights sell share third_party track whats_new version"
).split()
"""Subjects beside which another one is what is meant: "which data is in the log files" is about log files."""

ASPECTS = (
    "ask_contact ask_encrypted ask_get ask_how_long ask_switch_off ask_where ask_who ask_why what"
).split()
"""Which side of it is asked."""

ACTIONS = (
    "command_list help list_names read_policy set_language show stop store subscribe unsubscribed".split()
)
"""What is done, or wanted to be done; words inside a longer subject ("contact list") are none."""

REMOVALS = "erase erase_now leave leave_now".split()
"""Removing something or leaving: in any form, and as one says it to have it done."""

COURTESY = "bye filler greeting please thanks".split()
"""What may stand in front of what is meant, or behind it."""

MOODS = (
    "asking everybody hypothetical impersonation injection mine own other_person permission"
    " polite question reported wish you"
).split()
"""Who asks for what, and how."""

DERIVED = "address bare erase_order erase_request language_name quoted question_mark somebody specific topical unknown".split()
"""Found by the program, not by words: see `bot.dialogue.understanding.mood`."""

GROUPS = {
    name: group
    for group, names in enumerate((SUBJECTS, ASPECTS, ACTIONS, REMOVALS, COURTESY, MOODS))
    for name in names
}
"""Concept → number of its group."""

BITS = {name: 1 << at for at, name in enumerate((*GROUPS, *DERIVED))}
"""Concept → its bit: what a text stands for is kept as one number."""

EVERYWHERE: dict[str, tuple[str, ...]] = {
    "account": ("jid",),
    "analytics": ("matomo", "google analytics"),
    "backup": ("backup", "backups"),
    "bookmarks": ("pep", "xep 0048", "xep 0402", "xep 0163"),
    "contacts": ("roster",),
    "cookies": ("cookie", "cookies"),
    "encryption": ("tls", "ssl", "e2ee", "pgp", "openpgp"),
    "email": ("email", "e mail"),
    "gdpr": ("gdpr", "dsgvo", "rgpd", "avg"),
    "history": ("mam", "xep 0313"),
    "ip": ("ip", "ipv4", "ipv6"),
    "logs": ("log", "logs", "logfile"),
    "offline": ("offline", "xep 0160"),
    "omemo": ("omemo", "xep 0384"),
    "other_server": ("s2s",),
    "profile": ("avatar", "vcard", "xep 0054", "xep 0084"),
    "room": ("muc", "xep 0045"),
    "search_engine": ("searx", "searxng"),
    "spam": ("spam",),
    "uploads": ("upload", "uploads", "xep 0363"),
    "webmail": ("webmail",),
}
"""Words that people use in every language."""
