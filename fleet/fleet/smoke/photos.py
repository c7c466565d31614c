"""A photo: uploaded, labeled by what a model suggests, frozen in a snapshot, exported, and the export checked."""

import json
from hashlib import sha256
from typing import Any, Final

from fleet.smoke.client import Client
from fleet.smoke.picture import SIDE, picture
from fleet.smoke.steps import Report, require
from fleet.smoke.traces import Traces

AUTHOR: Final = "smoke"


def play(client: Client, report: Report, traces: Traces, name: str) -> None:
    """Play the story; what it makes is called `name`."""
    image = _upload(client, report, traces, name)
    suggestion = _suggest(client, report, image)
    label = _accept(client, report, traces, image, suggestion)
    snapshot = _freeze(client, report, traces, image, name)
    _export(client, report, snapshot, image, label)


def _upload(client: Client, report: Report, traces: Traces, name: str) -> dict[str, Any]:
    with report.step("Upload a photo to the catalog") as step:
        content = picture(name)
        image: dict[str, Any] = client.post(
            "/catalog/images/upload", files={"file": (f"{name}.png", content, "image/png")}
        )
        traces.add("the photo", lambda _: client.delete(f"/catalog/images/{image['id']}"))
        expected = (sha256(content).hexdigest(), SIDE, SIDE)
        found = (image["sha256"], image["width"], image["height"])
        require(found == expected, f"The catalog took {found} for hash, width and height; they are {expected}.")
        step.says(f"{image['name']}, SHA-256 {image['sha256'][:12]}…")
    return image


def _suggest(client: Client, report: Report, image: dict[str, Any]) -> dict[str, Any]:
    with report.step("Ask the vision service what it shows") as step:
        suggestions = client.post(f"/catalog/images/{image['id']}/suggestions")
        require(bool(suggestions), "The vision service suggests nothing.")
        best: dict[str, Any] = suggestions[0]
        step.says(f"{len(suggestions)} suggestions of {best['model']}, the first one {_told(best)}")
    return best


def _accept(
    client: Client, report: Report, traces: Traces, image: dict[str, Any], suggestion: dict[str, Any]
) -> dict[str, Any]:
    with report.step("Accept a suggestion") as step:
        known = {tag["id"] for tag in client.items("/catalog/tags", prefix=suggestion["tag"])}
        # "model", as nobody has looked at the photo.
        decision = {"suggestions": [suggestion["id"]], "author": AUTHOR, "source": "model"}
        labeling = client.post(f"/catalog/images/{image['id']}/suggestions/accept", json=decision)
        require(len(labeling["tags"]) == 1, f"The photo has {len(labeling['tags'])} labels after one was accepted.")
        label: dict[str, Any] = labeling["tags"][0]
        if label["name"] == suggestion["tag"] and label["id"] not in known:
            traces.stays(f"the tag {label['name']!r}, which is new; tags cannot be removed")
        step.says(f"Accepted {_told(suggestion)}")
    return label


def _freeze(client: Client, report: Report, traces: Traces, image: dict[str, Any], name: str) -> dict[str, Any]:
    with report.step("Take a snapshot of a dataset") as step:
        dataset = client.post("/catalog/datasets", json={"name": name})
        traces.add("the dataset", lambda _: client.delete(f"/catalog/datasets/{dataset['id']}"))
        client.ask("PUT", f"/catalog/datasets/{dataset['id']}/images/{image['id']}")
        snapshot: dict[str, Any] = client.post(f"/catalog/datasets/{dataset['id']}/snapshots", json={})
        traces.add("the snapshot", lambda _: client.delete(f"/catalog/snapshots/{snapshot['id']}"))
        require(snapshot["images"] == 1, f"The snapshot has {snapshot['images']} images, not 1.")
        step.says(f"1 image, content hash {snapshot['content_hash'][:12]}…")
    return snapshot


def _export(
    client: Client, report: Report, snapshot: dict[str, Any], image: dict[str, Any], label: dict[str, Any]
) -> None:
    with report.step("Export it, and check the export") as step:
        export = client.ask("GET", f"/catalog/snapshots/{snapshot['id']}/export", params={"format": "ndjson"}).content
        is_frozen = sha256(export).hexdigest() == snapshot["content_hash"]
        require(is_frozen, "The export has another SHA-256 than the snapshot says.")
        rows = [json.loads(line) for line in export.splitlines()]
        told = [(row["sha256"], row["present"]) for row in rows]
        expected = [(image["sha256"], [label["name"]])]
        require(told == expected, f"The export has {told} for hashes and labels, not {expected}.")
        step.says(f"It has the photo's hash and the label {label['name']!r}")


def _told(suggestion: dict[str, Any]) -> str:
    return f"{suggestion['tag']!r} ({suggestion['confidence']:.2f})"
