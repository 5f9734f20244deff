"""From free text to a topic or a command.

Understanding is built on what words mean, not on whole phrases: words stand for concepts
(`data/phrases`, one file a language), and concepts together stand for labels (`rules`).
"""

from bot.dialogue.understanding.phrases import PhraseError
from bot.dialogue.understanding.understander import Understander, Understanding

__all__ = ["PhraseError", "Understander", "Understanding"]
