"""A try-out without an installation: a throw-away XMPP server, the bot, and a chat in the terminal."""
