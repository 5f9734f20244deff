"""``python -m demo``: start a server and the bot, chat with it, and clean up."""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from demo import plain
from demo.bot import answers, bot
from demo.client import LoginError, NoAnswerError
from demo.conversation import Conversation, UnreachableError, conversation
from demo.life import live
from demo.servers import Installation, MissingServer, StartError, find, running

DEFAULT_POLICY = Path(__file__).resolve().parent.parent / "data/policies/searx-chat.yaml"
USER, PASSWORD = "you", "throw-away"
GREETING_SECONDS = 10.0
"""The bot greets newcomers; so long the demo waits for that, so that it does not come while somebody types."""


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m demo",
        description="Chat with the bot on a throw-away XMPP server. Lines on standard input are questions.",
    )
    parser.add_argument("--server", choices=("prosody", "ejabberd"), default="prosody")
    parser.add_argument("--policy", type=Path, default=DEFAULT_POLICY, metavar="FILE")
    return parser.parse_args(argv)


@contextmanager
def everything(installation: Installation, policy: Path, *, is_welcome: bool) -> Iterator[Conversation]:
    """Server, account, bot and a client that is logged in; nothing of it is left afterwards.

    When *is_welcome*, the bot greets the newcomer.

    Raises:
        StartError: the server or the bot does not start.
        LoginError: the server does not let the client in.
    """
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="privacy-bot-demo-")))
        server = stack.enter_context(running(installation, directory))
        running_bot = stack.enter_context(bot(server, policy, directory, USER, {"welcome": is_welcome}))
        server.add_account(USER, PASSWORD)
        jid = f"{USER}@{server.domain}/demo"
        address = f"privacy@{server.domain}"
        talk = stack.enter_context(conversation(jid, PASSWORD, server.c2s, address))
        talk.background.run(answers(talk.client, server.component, running_bot, directory))
        talk.background.run(live(server, talk.client, PASSWORD))
        yield talk


def at_terminal(installation: Installation, policy: Path) -> None:
    """The conversation for a person."""
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it

    from demo import screen  # noqa: PLC0415

    console = Console(highlight=False)
    with ExitStack() as stack:
        with console.status(f"Starting {installation} and the bot …"):
            talk = stack.enter_context(everything(installation, policy, is_welcome=True))
            greeting = talk.unasked(GREETING_SECONDS)
        screen.chat(talk.ask, talk.unasked, greeting, console, str(installation), os.path.relpath(policy))


def in_pipe(installation: Installation, policy: Path) -> None:
    """The conversation for a program; what its encoding cannot say is replaced."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    # a greeting would stand before or between the answers, depending on who is faster
    with everything(installation, policy, is_welcome=False) as talk:
        plain.chat(talk.ask, talk.unasked, sys.stdin, sys.stdout)


def _leave(_signal: int, _frame: object) -> NoReturn:
    sys.exit(1)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo; status 0 at the end of the input or at Ctrl-C, 1 when something failed."""
    options = arguments(argv)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    show = at_terminal if sys.stdin.isatty() and sys.stdout.isatty() else in_pipe
    try:
        show(find(options.server), options.policy)
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody listens any more
        return 0
    except (MissingServer, StartError, LoginError, NoAnswerError, UnreachableError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
