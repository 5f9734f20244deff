"""What words can stand for.  The same in every language; the words are in data/phrases."""

CONCEPTS = frozenset(
    {
        *(
            "upload",
            "message",
            "history",
            "room",
            "contacts",
            "account",
            "last_login",
            "password",
            "presence",
        ),
        *(
            "offline",
            "profile",
            "client_data",
            "ip",
            "log",
            "backup",
            "inactive",
            "encryption",
            "read",
            "admin",
        ),
        *("other_server", "third_party", "purpose", "legal", "abuse", "authority", "statistics", "email"),
        *("webmail", "cookie", "search", "analytics", "right", "operator", "child", "place", "changes"),
        *("show_changes", "bot", "overview", "my_data", "export", "language", "notify_on", "notify_off"),
        *("help", "policy", "show", "greeting", "thanks", "off"),
    }
)
"""What a text is about."""

ASPECTS = frozenset(
    {
        *(
            "how_long",
            "why",
            "legal_basis",
            "who",
            "where",
            "get",
            "erase",
            "switch_off",
            "encrypted",
            "contact",
        ),
    }
)
"""Which side of it is asked; the names are those of `bot.policy.vocabulary.Aspect`."""

MOODS = frozenset(
    {
        *("erase", "please", "polite_question", "question", "negation", "hypothetical", "report"),
        *("others", "pretending", "own"),
    }
)
"""How it is said: as a request or a question, about oneself or somebody else."""
