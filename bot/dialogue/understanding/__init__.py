"""Understanding of free text: what it is about, which side of it is asked, question or request.

`words` splits and spells, `lexicon` looks words up, `mood` tells requests from questions,
`topic_rules` and `intent_rules` say which concepts speak for which label, `ranking` adds up.
The words themselves are in ``data/phrases``; docs/phrases.md tells how to write them.
"""

from bot.dialogue.understanding.phrases import PhraseError
from bot.dialogue.understanding.understander import UNREADABLE, Understander, Understanding

__all__ = ["UNREADABLE", "PhraseError", "Understander", "Understanding"]
