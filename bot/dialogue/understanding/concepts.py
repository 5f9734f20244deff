"""What words can stand for: the same in every language, the words are in ``data/phrases``.

Of two entries of the same group where one lies inside the other, only the longer one counts:
"not any more" is about leaving and no negation.
"""

SUBJECTS = {
    "account": "an account, a Jabber address",
    "admin": "those who run the server and work on it",
    "advertising": "advertising, marketing",
    "age": "how old somebody is, the minimum age",
    "analytics": "statistics about the visitors of a website",
    "announcements": "news, notices and announcements that are sent to users",
    "assistant": "a bot, artificial intelligence, programmed answers",
    "backup": "backups, restoring, loss of data",
    "ban": "accounts that are blocked, people who are thrown out",
    "blocklist": "the people whom I have blocked",
    "bookmarks": "what a client stores: bookmarks, settings, PEP",
    "change": "changes of the policy, since when it applies, how one is told",
    "children": "children, young people, parents",
    "company": "companies, service providers, processors",
    "complaint": "complaining to an authority",
    "connection": "connections, sessions, logging in",
    "contact": "reaching somebody, whom to ask",
    "contacts": "contact list, roster, friends",
    "controller": "who runs the server and answers for it, imprint, data protection officer",
    "conversation_here": "this conversation with the bot, what I write to it",
    "cookies": "cookies, cookie banners",
    "copy": "a copy of something",
    "correct": "correcting wrong data",
    "country": "countries, places, jurisdiction",
    "data": "data, information; what is known about somebody",
    "death": "death, heirs",
    "email": "e-mail, mailboxes",
    "encryption": "encryption, TLS, keys to decrypt",
    "export": "taking one's data out, downloading, moving to another server",
    "first_party": "evaluating people: profiling, training of AI, automated decisions",
    "gdpr": "the GDPR, data protection law",
    "google": "Google, Apple, push services",
    "harass": "harassment, threats, hate, fraud, abuse",
    "history": "the archive of messages, old messages on new devices",
    "hosting": "data centre, hoster, where the machine stands",
    "illegal": "illegal content, crime",
    "inactive": "accounts that are not used for a long time",
    "ip": "IP address, from where somebody connects",
    "keys": "public keys of devices (OMEMO)",
    "leaving": "why one leaves: 'I do not need it any more'",
    "legal": "legal basis, consent, legitimate interest, permission by law",
    "login_time": "date of the last login, of the registration",
    "logs": "log files, logging",
    "message": "messages, chats, what I write",
    "metadata": "metadata, traffic data",
    "money": "donations, prices, jobs (off topic)",
    "negation": "not, never, stop, wait, except",
    "offline": "messages for those who are not online, delivery",
    "omemo": "OMEMO",
    "other_server": "other servers, federation, transports",
    "outage": "the server is slow or down (off topic)",
    "password": "passwords, hashes, tokens",
    "personal": "real name, telephone number, proof of identity",
    "police": "police, courts, authorities, transparency report",
    "policy": "the privacy policy, terms, rules",
    "presence": "online status, status message, last seen, typing",
    "profile": "vCard, avatar, nickname, birthday",
    "protect": "security, breaches, hackers, trust",
    "provider_app": "other services and programs by name (off topic)",
    "purpose": "what it is used for, why it is needed",
    "read_along": "reading along, spying, scanning of contents",
    "real_person": "a human being rather than a machine",
    "recover": "forgotten passwords, lost access (off topic)",
    "registration": "signing up",
    "report": "reporting somebody, moderation",
    "restrict": "objecting, withdrawing consent, restricting",
    "retained": "what remains after erasure, undoing it",
    "reuse": "a name that becomes free and is taken by others",
    "rights": "rights, requests, Art. 15 to 22",
    "room": "group chats, rooms, channels and who is in them",
    "rules_broken": "breaking the rules",
    "search_engine": "the search engine, search terms",
    "sell": "selling data, earning money with them",
    "share": "passing on, handing over, publishing",
    "spam": "spam, floods of messages",
    "statistics": "statistics, numbers of users, metrics",
    "third_party": "third parties, anybody else",
    "track": "tracking",
    "transport_logs": "mail logs, mail server, spam filter",
    "unpaid_help": "small talk and tasks for an assistant (off topic)",
    "uploads": "files, pictures, voice messages, links to them",
    "usage_help": "how to use or set up a client (off topic)",
    "used_space": "how much of mine is stored",
    "username": "user names",
    "version": "older versions of the policy",
    "webmail": "mail in the browser",
    "website": "the website, visiting it",
    "whats_new": "what has changed, what is new",
    "whom": "with whom I talk, who talks to whom",
}
"""What a text is about."""

GENERAL = frozenset(
    {
        *(
            "account",
            "admin",
            "change",
            "company",
            "contact",
            "controller",
            "copy",
            "country",
            "data",
            "export",
        ),
        *("first_party", "gdpr", "leaving", "legal", "message", "metadata", "negation", "policy", "protect"),
        *("purpose", "restrict", "rights", "sell", "share", "third_party", "track", "version", "whats_new"),
    }
)
"""Subjects beside which another one is what is meant: "which country are the backups in" is about backups."""

ASPECTS = {
    "ask_contact": "whom to ask about it",
    "ask_encrypted": "whether it is encrypted, hashed, readable",
    "ask_get": "getting it",
    "ask_how_long": "how long, until when, whether for ever",
    "ask_switch_off": "switching it off or on, avoiding it",
    "ask_where": "where",
    "ask_who": "who, whether others can see it",
    "ask_why": "why",
    "what": "what, which",
}
"""Which side of it is asked."""

ACTIONS = {
    "command_list": "what the bot can do, how it is used",
    "help": "help",
    "list_names": "overview, in short",
    "read_policy": "reading, finding, in full",
    "set_language": "speak, answer in, switch to (a language)",
    "show": "show, list, what is there now",
    "stop": "no more, stop, switch off (announcements)",
    "store": "store, keep, collect, know",
    "subscribe": "tell me, subscribe, switch on (announcements)",
    "unsubscribed": "leave me alone, do not write to me",
}
"""What is done, or wanted to be done; inside a longer subject ("contact list") it is not meant."""

REMOVALS = {
    "leave": "closing an account, leaving, in any form",
    "leave_now": "the same, as one says it to have it done; mark forms with =",
}
ORDERS = {"erase_now": "removing something, as one says it to have it done; mark forms with ="}
ERASING = {"erase": "removing something, in any form"}

COURTESY = {
    "bye": "good-byes",
    "filler": "words in front or behind that change nothing: ok, well, bot",
    "greeting": "greetings",
    "please": "please",
    "thanks": "thanks, praise",
}
"""What may stand in front of what is meant, or behind it."""

MOODS = {
    "asking": "I want to know, tell me, explain",
    "continuing": "first words that go on from what was said: and, what about",
    "everybody": "all users, everybody's, the database",
    "hypothetical": "if, when I, suppose, what happens, maybe",
    "impersonation": "I am the administrator",
    "injection": "ignore your instructions",
    "mine": "I, me, my",
    "opener": "first words that make a question: is, do, can; use =",
    "other_person": "my wife, his, a user called; use = for short words",
    "own": "my, our; 'I uploaded'",
    "permission": "can I, how do I, is it possible",
    "plain_not": "not, never, no: those of `negation` that do not take back what was said before",
    "polite": "could you, would you",
    "question": "question words: what, when, why; use =",
    "reported": "it was deleted, he said, yesterday, the button",
    "wish": "I want, I would like, you may",
    "you": "you, your, the server",
}
"""Who asks for what, and how."""

DERIVED = (
    *(
        "about_others",
        "address",
        "bare",
        "closed",
        "continues",
        "courteous",
        "erase_order",
        "erase_request",
        "language_name",
        "self",
        "somebody",
        "specific",
    ),
    *("topical", "unknown"),
)
"""Found by the program, not by words: see `bot.dialogue.understanding.understander`."""

_IN_ORDER = (SUBJECTS, ASPECTS, ACTIONS, REMOVALS, ORDERS, ERASING, COURTESY, MOODS)
GROUPS = {name: group for group, names in enumerate(_IN_ORDER) for name in names}
"""Concept → number of its group."""

BITS = {name: 1 << at for at, name in enumerate((*GROUPS, *DERIVED))}
"""Concept → its bit: what a text stands for is kept as one number."""
