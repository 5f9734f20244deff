"""The bot's own state, pseudonymous.  The only package that knows SQL."""
