"""`python -m fleet.smoke` plays a user's whole day with a running fleet, and says whether all of it went well."""

import argparse
import os
import secrets
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import httpx2
from rich.console import Console
from rich.markup import escape

from fleet.services import GATEWAY
from fleet.smoke import crystals, intents, photos
from fleet.smoke.client import REQUEST_SECONDS, Client, FailedRequestError
from fleet.smoke.steps import Report, StoryEndedError
from fleet.smoke.traces import Traces

OK: Final = 0
FAILED: Final = 1
ABSENT: Final = 2
INTERRUPTED: Final = 130

STEP_SECONDS: Final = 600.0

Story: TypeAlias = Callable[[Client, Report, Traces, str], None]
STORIES: Final[Mapping[str, Story]] = {"photos": photos.play, "crystals": crystals.play, "intents": intents.play}


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the stories; return 0 if all went well, 1 if not, 2 if no fleet is there, 130 if it was interrupted."""
    wanted = _parser().parse_args(arguments)
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _client(wanted) as client:
            return _play(client, console, wanted)
    except KeyboardInterrupt:
        console.print("Interrupted.", style="bold")
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fleet.smoke", description=__doc__)
    parser.add_argument("--url", type=_url, default=GATEWAY.url, help="of the gateway (default: %(default)s)")
    parser.add_argument(
        "--key",
        default=os.environ.get("FLOTILLA_KEY"),
        help="API key or token for the gateway; in the variable FLOTILLA_KEY it is in no list of processes",
    )
    parser.add_argument(
        "--timeout", type=_seconds, default=STEP_SECONDS, help="seconds that a step may take (default: %(default)g)"
    )
    parser.add_argument("--only", action="append", choices=STORIES, help="a story to play; may be given several times")
    parser.add_argument("--allow-skips", action="store_true", help="exit with 0 also where a step could not be played")
    return parser


def _url(text: str) -> str:
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL as error:
        raise argparse.ArgumentTypeError(f"it is no URL: {error}") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise argparse.ArgumentTypeError(f"it must begin with http:// or https:// and a host, unlike {text}")
    return text


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"it must be more than 0 seconds, not {text}")
    return seconds


def _client(wanted: argparse.Namespace) -> Client:
    intent_key = os.environ.get("FLOTILLA_INTENT_KEY")
    return Client(wanted.url, wanted.key, intent_key, min(wanted.timeout, REQUEST_SECONDS))


def _play(client: Client, console: Console, wanted: argparse.Namespace) -> int:
    report = Report(console, wanted.timeout)
    console.print(f"A user's day at {escape(client.url)}", style="bold")
    absent = _absence(client)
    if absent:
        console.print(escape(absent), style="red", soft_wrap=True)
        return ABSENT
    try:
        _look_around(client, report)
    except StoryEndedError as ended:
        if isinstance(ended.__cause__, FailedRequestError) and ended.__cause__.status == httpx2.codes.UNAUTHORIZED:
            console.print("    The key is taken from the variable FLOTILLA_KEY, or from --key.")
        return FAILED
    for title in wanted.only or STORIES:
        console.print(f"\n{title}", style="bold")
        _play_one(client, report, STORIES[title])
    return _conclude(report, allow_skips=wanted.allow_skips)


def _absence(client: Client) -> str | None:
    """Say why there is no fleet, None if there is one, perhaps one that wants a key."""
    health: object = None
    try:
        health = client.get("/health")
    except FailedRequestError as error:
        if error.status is None:
            return f"No fleet answers at {client.url} ({error.detail}): start one with `make run`, or set --url."
        if error.status != httpx2.codes.NOT_FOUND:
            return None
    except ValueError:
        pass  # it is no JSON
    is_gateway = isinstance(health, dict) and "services" in health
    return None if is_gateway else f"What answers at {client.url} is no gateway of a fleet: set --url."


def _look_around(client: Client, report: Report) -> None:
    with report.step("Ask the gateway who is there") as step:
        health = client.get("/health")
        silent = [name for name, service in health["services"].items() if not service["ready"]]
        ready = len(health["services"]) - len(silent)
        step.says(f"{ready} services are ready" + (f"; not ready: {', '.join(silent)}" if silent else ""))


def _play_one(client: Client, report: Report, story: Story) -> None:
    traces = Traces()
    try:
        story(client, report, traces, f"smoke-{secrets.token_hex(5)}")
    except StoryEndedError:
        pass  # it is reported, and the other stories go on
    finally:
        traces.remove(report)


def _conclude(report: Report, *, allow_skips: bool) -> int:
    report.console.print()
    if report.failed:
        report.console.print(f"Failed: {report.failed} of the steps, see above.", style="bold red")
        return FAILED
    if report.skipped:
        allowed = "as --allow-skips allows" if allow_skips else "which is no success without --allow-skips"
        report.console.print(f"Skipped: {report.skipped} of the steps, {allowed}.", style="bold yellow")
        return OK if allow_skips else FAILED
    report.console.print("All went well.", style="bold green")
    return OK


if __name__ == "__main__":
    sys.exit(main())
