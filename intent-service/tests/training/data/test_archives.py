"""Archives are unpacked, and those that were made to do harm are refused."""

import io
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intent.training.data import archives
from intent.training.data.archives import unpack
from intent.training.data.refusals import DataError

FILES = {"data/a.csv": b"text,label\n", "data/deep/b.csv": b"x" * 10_000, "c.csv": b""}


def tar(path: Path, files: dict[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def tar_with(path: Path, member: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w") as archive:
        archive.addfile(member)
    return path


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def unpacked(archive: Path) -> dict[str, bytes]:
    folder = archive.parent / "unpacked"
    folder.mkdir()
    unpack(archive, folder, "the archive")
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize(
    "pack",
    [tar, lambda path, files: tar(path, files, "w"), zipped],
)
def test_what_was_packed_is_unpacked(tmp_path: Path, pack: Callable[[Path, dict[str, bytes]], Path]) -> None:
    assert unpacked(pack(tmp_path / "archive", FILES)) == FILES


@pytest.mark.parametrize("pack", [tar, zipped])
@pytest.mark.parametrize("name", ["../a.csv", "a/../../b.csv", "/etc/a.csv", "..\\a.csv"])
def test_a_path_that_leads_out_is_refused(
    tmp_path: Path, pack: Callable[[Path, dict[str, bytes]], Path], name: str
) -> None:
    with pytest.raises(DataError, match="the archive is not unpacked: it holds a path that leads out"):
        unpacked(pack(tmp_path / "archive", {name: b"a"}))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["archive", "unpacked"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("a.csv")
    member.type, member.linkname = kind, "/etc/passwd"
    with pytest.raises(DataError, match="it holds a link or a device"):
        unpacked(tar_with(tmp_path / "archive", member))


def test_links_in_zip_files_are_refused(tmp_path: Path) -> None:
    member = zipfile.ZipInfo("a.csv")
    member.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "archive", "w") as archive:
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(DataError, match="it holds a link or a device"):
        unpacked(tmp_path / "archive")


@pytest.mark.parametrize("pack", [tar, zipped])
@pytest.mark.parametrize("files", [{"a": bytes(200_000)}, {"a": bytes(60_000), "b": bytes(60_000)}])
def test_what_unpacks_to_too_much_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pack: Callable[[Path, dict[str, bytes]], Path],
    files: dict[str, bytes],
) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 100_000)
    with pytest.raises(DataError, match="it unpacks to more than 100,000 bytes"):
        unpacked(pack(tmp_path / "archive", files))
    written = sum(path.stat().st_size for path in tmp_path.glob("unpacked/*"))
    assert written <= 100_000


@pytest.mark.parametrize("pack", [tar, zipped])
def test_too_many_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[Path, dict[str, bytes]], Path]
) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    with pytest.raises(DataError, match="it has more than 2 files"):
        unpacked(pack(tmp_path / "archive", FILES))


@pytest.mark.parametrize("pack", [tar, lambda path, files: tar(path, files, "w"), zipped])
def test_a_truncated_archive_is_refused(tmp_path: Path, pack: Callable[[Path, dict[str, bytes]], Path]) -> None:
    archive = pack(tmp_path / "archive", FILES)
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 3])
    with pytest.raises(DataError, match="the archive cannot be unpacked as a tar or zip file"):
        unpacked(archive)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_damaged_archive_is_unpacked_or_refused(folder: Path, data: st.DataObject) -> None:
    folder = folder / "damaged"
    folder.mkdir(exist_ok=True)
    pack = data.draw(st.sampled_from([tar, zipped, lambda path, files: tar(path, files, "w")]))
    content = bytearray(pack(folder / "archive", {"a.csv": b"text", "b/c.csv": b"more text"}).read_bytes())
    for _ in range(data.draw(st.integers(0, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    archive = folder / "archive"
    archive.write_bytes(data.draw(st.one_of(st.just(bytes(content)), st.binary(max_size=600))))
    target = Path(folder, "unpacked")
    with suppress(DataError):
        target.mkdir(exist_ok=True)
        unpack(archive, target, "the archive")
    assert {path.name for path in folder.iterdir()} == {"archive", "unpacked"}
