"""What the commands about keys are asked with."""

import argparse
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from gateway.consumer import Scopes
from gateway.keys.entries import MAX_SCOPES, checked_consumer, checked_note
from gateway.keys.spans import parse_end, parse_span

VARIABLE: Final = "GATEWAY_KEYS_FILE"
_EXAMPLES: Final = f"""\
examples:
  export {VARIABLE}=keys.json
  python -m gateway.keys create --consumer greenhouse --scope crystal:read --scope crystal:write > greenhouse.key
  python -m gateway.keys create --consumer audit --scope '*:read' --expires 90d --note 'until the spring audit'
  python -m gateway.keys list
  python -m gateway.keys rotate kq3v7m2xw5ta --overlap 24h > greenhouse.key
  python -m gateway.keys revoke kq3v7m2xw5ta
  python -m gateway.keys prune
  python -m gateway.keys secret | kubectl apply -f -

A running gateway takes the change over within seconds. A key alone is written to stdout, all words to stderr.
exit status: 0 done, 1 could not be done (stderr says why), 2 wrong call.
"""


T = TypeVar("T")


def parse(arguments: Sequence[str] | None, default_file: str | None, now: datetime) -> argparse.Namespace:
    """Return `command`, `file` and the command's own options; exits with 2 for a wrong call."""
    parser = _parser(now)
    options = parser.parse_args(arguments)
    options.file = options.file or (Path(default_file) if default_file else None)
    if options.file is None:
        parser.error(f"say which file holds the keys: --file FILE, or the variable {VARIABLE}")
    if options.command == "create" and len(options.scope) > MAX_SCOPES:
        parser.error(f"a key has at most {MAX_SCOPES} scopes")
    return options


def _parser(now: datetime) -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m gateway.keys",
        description="Make, list, rotate, revoke and prune the gateway's API keys.",
        epilog=_EXAMPLES,
        formatter_class=raw,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--file", type=Path, help=f"file that holds the keys; else the variable {VARIABLE}")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", parents=[where])

    _add_create(command("create", "make a key and show it, this once"), now)
    listing = command("list", "show the keys and their states, never the keys themselves")
    listing.add_argument("--json", action="store_true", help="as JSON")
    rotating = command("rotate", "make a key in place of another, which expires soon")
    rotating.add_argument("id", help="id of the key to replace")
    rotating.add_argument(
        "--overlap", type=_checked(parse_span), default="24h", help="how long both are valid; else %(default)s"
    )
    revoking = command("revoke", "end a key at once")
    revoking.add_argument("id", help="id of the key")
    pruning = command("prune", "remove what expired or was revoked some time ago")
    pruning.add_argument(
        "--older-than", type=_checked(parse_span), default="30d", help="how long ago; else %(default)s"
    )
    mounting = command("secret", "print the file as a Secret of Kubernetes")
    mounting.add_argument("--name", default="gateway-keys", help="name of the Secret; else %(default)s")
    mounting.add_argument("--namespace", help="namespace of the Secret")
    return parser


def _add_create(creating: argparse.ArgumentParser, now: datetime) -> None:
    creating.add_argument(
        "--consumer", required=True, type=_checked(checked_consumer), metavar="NAME", help="whom the key is for"
    )
    creating.add_argument(
        "--scope",
        required=True,
        action="append",
        type=_checked(_scope),
        metavar="SERVICE:VERB",
        help="what it allows, as catalog:read, vision:post or '*:*'; may be repeated",
    )
    creating.add_argument(
        "--expires",
        type=_checked(partial(parse_end, now=now)),
        default="365d",
        metavar="WHEN",
        help="90d, 24h, never, or a time as 2031-05-01T00:00:00Z; else %(default)s",
    )
    creating.add_argument("--note", type=_checked(checked_note), help="a line to remember what it is for")


def _scope(text: str) -> str:
    return Scopes((text,)).texts[0]


def _checked(parse_one: Callable[[str], T]) -> Callable[[str], T]:
    """Return `parse_one` with its ValueError as one whose text argparse shows."""

    def checked(text: str) -> T:
        try:
            return parse_one(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return checked
