"""The command line: `privacy-bot`."""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import (
    __version__,
    announce_report,
    app,
    comparing,
    config,
    files,
    offline,
    server_modules,
    store_options,
)
from bot.config import BadSecret
from bot.control import ControlError
from bot.dialogue.understanding import PhraseError
from bot.files import BadFile
from bot.loading import Unusable
from bot.metrics.endpoint import NotListening
from bot.policy.model import read_policy
from bot.policy.reference import reference
from bot.store import StoreError

_BAD_INPUT = 2

_FAILURES = (
    Unusable,
    BadFile,
    BadSecret,
    PhraseError,
    StoreError,
    ControlError,
    NotListening,
    offline.BadLine,
    server_modules.NotInstalled,
)
"""Their texts are written for the operator."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; the status is 0 when it went well, 2 when what it was given is wrong."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except _FAILURES as error:
        print(error, file=sys.stderr)
        return _BAD_INPUT
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return status


def _run(arguments: argparse.Namespace) -> int:
    settings = config.read_settings(arguments.config)
    app.set_up_logging(settings.log_level)
    asyncio.run(app.run(settings))
    return 0


def _audit(arguments: argparse.Namespace) -> int:
    from bot import audit_report  # noqa: PLC0415 -- nothing else needs a terminal's colours

    settings = config.read_settings(arguments.config)
    request = {"all": arguments.all, "sample": arguments.sample, "language": arguments.lang}
    return asyncio.run(audit_report.ask(settings.control, request, as_json=arguments.json))


def _announce(arguments: argparse.Namespace) -> int:
    settings = config.read_settings(arguments.config)
    return asyncio.run(announce_report.ask(settings.control, announce_report.order_of(arguments)))


def _store(arguments: argparse.Namespace) -> int:
    from bot import store_command  # noqa: PLC0415 -- nothing else needs a terminal's colours

    given = {name: value for name, value in vars(arguments).items() if name not in ("config", "run")}
    return asyncio.run(store_command.run(config.read_settings(arguments.config), store_command.Order(**given)))


def _positive(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of accounts; give one such as 200")
    return int(text)


def _ask(arguments: argparse.Namespace) -> int:
    if arguments.batch:
        read_policy(arguments.policy)
        for line in offline.batch(sys.stdin):
            print(line)
        return 0
    policy = read_policy(arguments.policy)
    if arguments.question is None:
        print("ask what? Give the question in quotes, or --batch", file=sys.stderr)
        return _BAD_INPUT
    print(asyncio.run(offline.ask(policy, arguments.question, arguments.lang, datetime.now(UTC))))
    return 0


def _check(arguments: argparse.Namespace) -> int:
    problems = 0
    for path in arguments.files:
        try:
            policy = read_policy(path)
        except BadFile as error:
            print(error, file=sys.stderr)
            problems += len(error.problems)
        else:
            print(f"{path}: good (version {policy.version}, in force from {policy.effective})")
    return _BAD_INPUT if problems else 0


def _reference(_arguments: argparse.Namespace) -> int:
    print(reference(), end="")
    return 0


def _diff(arguments: argparse.Namespace) -> int:
    today = datetime.now(UTC).date()
    compared = comparing.compare(arguments.old, arguments.new, arguments.lang, today, as_json=arguments.json)
    for warning in compared.warnings:
        print(warning, file=sys.stderr)
    print(compared.text)
    return compared.status


def _init(arguments: argparse.Namespace) -> int:
    target: Path = arguments.file
    if target.exists():
        print(f"{target}: there is such a file already; name another one", file=sys.stderr)
        return _BAD_INPUT
    try:
        shutil.copyfile(files.directory("data") / "policies" / "starter.yaml", target)
    except OSError as error:
        print(f"{target}: cannot be written: {error.strerror}", file=sys.stderr)
        return _BAD_INPUT
    print(f"{target}: written. Edit it, then: privacy-bot policy check {target}")
    return 0


def _decrypt(arguments: argparse.Namespace) -> int:
    from bot import export  # noqa: PLC0415 -- the bot itself needs no ciphers until somebody asks for a copy: 7 MB

    source: Path = arguments.file
    target: Path = arguments.out or source.with_name(f"{source.name}.zip")
    try:
        export.decrypt(arguments.link, source, target)
    except export.NotDecrypted as error:
        print(error, file=sys.stderr)
        return _BAD_INPUT
    except OSError as error:
        print(f"{error.filename or source}: {error.strerror}", file=sys.stderr)
        return _BAD_INPUT
    print(f"{target}: decrypted")
    return 0


def _domain(text: str) -> str:
    if not re.fullmatch(r"[^@/\s\"\\{}]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no domain; give one such as example.org")
    return text


def _server_module(arguments: argparse.Namespace) -> int:
    module = server_modules.MODULES[arguments.server]
    host: str | None = arguments.host
    component: str = arguments.component or f"privacy.{host or 'example.org'}"
    host = host or component.partition(".")[2] or component  # as the bot itself takes it from the component
    if arguments.install is None:
        print(module.instructions(component, host), end="")
        return 0
    installed = module.install(arguments.install, component, host)
    print(installed.text)
    if installed.steps:
        print(f"\n{installed.steps}", end="")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="privacy-bot", description="Answers privacy questions on an XMPP server.")
    parser.add_argument("--version", action="version", version=f"xmpp-privacy-bot {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="connect to the server and answer")
    run.add_argument("--config", type=Path, required=True, metavar="FILE", help="the configuration")
    run.set_defaults(run=_run)

    ask = commands.add_parser("ask", help="answer one question, without a server")
    ask.add_argument("--policy", type=Path, required=True, metavar="FILE", help="the policy to answer from")
    ask.add_argument("--lang", metavar="CODE", help="language of the answer, such as de")
    ask.add_argument("--batch", action="store_true", help="read JSON lines, write what was understood")
    ask.add_argument("question", nargs="?", help="the question")
    ask.set_defaults(run=_ask)

    audit = commands.add_parser(
        "audit", help="compare the policy with the server: status 0 agreement, 1 drift, 2 could not tell"
    )
    audit.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="the configuration of the running bot"
    )
    looked_at = audit.add_mutually_exclusive_group()
    looked_at.add_argument("--all", action="store_true", help="look at every account")
    looked_at.add_argument("--sample", type=_positive, metavar="N", help="look at N accounts, spread over all of them")
    audit.add_argument("--lang", metavar="CODE", help="language of the report, such as de")
    audit.add_argument("--json", action="store_true", help="write JSON")
    audit.set_defaults(run=_audit)

    announce_report.add_commands(commands, _announce)
    store_options.add_to(commands, _store)

    init = commands.add_parser("init", help="write a policy to start from")
    init.add_argument("file", type=Path, metavar="FILE", nargs="?", default=Path("policy.yaml"))
    init.set_defaults(run=_init)

    module = commands.add_parser(
        "server-module", help="install the module for the server: says how, or writes and updates it"
    )
    module.add_argument("server", choices=tuple(server_modules.MODULES), help="the server")
    module.add_argument("--install", type=Path, metavar="DIR", help="write the module into this directory")
    module.add_argument(
        "--component", type=_domain, metavar="DOMAIN", help="the component, such as privacy.example.org"
    )
    module.add_argument("--host", type=_domain, metavar="DOMAIN", help="the host of the accounts, such as example.org")
    module.set_defaults(run=_server_module)

    decrypt = commands.add_parser("decrypt", help="open a copy of one's data that was downloaded without its app")
    decrypt.add_argument("link", metavar="LINK", help="the aesgcm:// link, or what is after its '#', in quotes")
    decrypt.add_argument("file", type=Path, metavar="FILE", help="what was downloaded")
    decrypt.add_argument("out", type=Path, metavar="OUT", nargs="?", help="the ZIP file to write")
    decrypt.set_defaults(run=_decrypt)

    policy = commands.add_parser("policy", help="check policies, show the format").add_subparsers(
        required=True, metavar="COMMAND"
    )
    check = policy.add_parser("check", help="report every mistake with file:line:column")
    check.add_argument("files", type=Path, nargs="+", metavar="FILE")
    check.set_defaults(run=_check)
    compared = policy.add_parser("diff", help="say what changed between two versions: status 0 nothing, 1 something")
    compared.add_argument("old", type=Path, metavar="OLD")
    compared.add_argument("new", type=Path, metavar="NEW")
    compared.add_argument("--lang", metavar="CODE", help="language of the report, such as de")
    compared.add_argument("--json", action="store_true", help="write JSON")
    compared.set_defaults(run=_diff)
    described = policy.add_parser("reference", help="describe the format, in Markdown")
    described.set_defaults(run=_reference)
    return parser


if __name__ == "__main__":
    sys.exit(main())
