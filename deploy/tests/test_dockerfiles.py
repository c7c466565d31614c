"""What every image keeps to, as its Dockerfile says it, and what of the repository may get into one."""

import json
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
DOCKERFILES: Final = sorted([*ROOT.glob("*Dockerfile"), *ROOT.glob("*/Dockerfile")])
ENDS_BY_ITSELF: Final = {"trainer.Dockerfile"}
"""Nobody waits for an answer of theirs."""

SECRET_OR_NEEDLESS: Final = (
    *(".git/HEAD", ".git/objects/ab/cdef", ".venv/bin/python", "build/chatbot/chatbot.jsonl", "data/images/a.jpg"),
    *("gateway/.env", "gateway/.env.production", "gateway/keys.json", "shared/tls/server.key", "shared/tls/server.pem"),
    *("intent-service/passphrase.txt", "intent-service/data.tar.gpg", "gateway/tests/test_proxy.py"),
    *("shared/shared/__pycache__/app.pyc", "debugger-service/ui/node_modules/vite/index.js", "docs/operations/keys.md"),
    *("deploy/overlays/local/kustomization.yaml", "docker-compose.yml", "predictions.csv", "gateway/Dockerfile"),
)
NEEDED: Final = (
    *("shared/pyproject.toml", "shared/README.md", "gateway/gateway/main.py", "debugger-service/ui/package-lock.json"),
    *("debugger-service/openapi.json", "deploy/supply/hashes.txt", "models/1/card.json"),
)


@dataclass(frozen=True)
class Stage:
    """What is between one FROM and the next: the image that it starts from, and its instructions with arguments."""

    base: str
    instructions: tuple[tuple[str, str], ...]

    def all_of(self, name: str) -> list[str]:
        """Return the arguments of each instruction `name`."""
        return [arguments for instruction, arguments in self.instructions if instruction == name]

    def the_only(self, name: str) -> str:
        """Return the arguments of the one instruction `name`."""
        (found,) = self.all_of(name)
        return found


def _instructions(file: Path) -> list[tuple[str, str]]:
    lines = (line for line in file.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#"))
    text = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    split = (line.partition(" ") for line in text.splitlines() if line.strip())
    return [(name.upper(), arguments.strip()) for name, _, arguments in split]


def _stages(file: Path) -> list[Stage]:
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for name, arguments in _instructions(file):
        if name == "FROM":
            found.append((arguments.partition(" AS ")[0], []))
        elif found:
            found[-1][1].append((name, arguments))
    return [Stage(base, tuple(instructions)) for base, instructions in found]


def _python(file: Path) -> str:
    (version,) = {value for name, value in _instructions(file) if name == "ARG" and value.startswith("PYTHON=")}
    return version.removeprefix("PYTHON=")


@pytest.fixture(params=DOCKERFILES, ids=lambda file: str(file.relative_to(ROOT)))
def dockerfile(request: pytest.FixtureRequest) -> Path:
    """Each Dockerfile."""
    file: Path = request.param
    return file


@pytest.fixture
def last(dockerfile: Path) -> Stage:
    """What becomes the image."""
    return _stages(dockerfile)[-1]


def test_hadolint_finds_nothing(dockerfile: Path) -> None:
    program = which("hadolint", path=str(Path(sys.executable).parent)) or which("hadolint")
    if program is None:
        pytest.skip("hadolint is not installed")
    command = [program, "--no-color", "--failure-threshold", "style", str(dockerfile)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_images_start_from_one_version_of_python() -> None:
    assert len(DOCKERFILES) == 8
    (version,) = {_python(file) for file in DOCKERFILES}
    assert re.fullmatch(r"3\.11\.\d+-slim-[a-z]+(@sha256:[0-9a-f]{64})?", version)


def test_every_stage_is_pinned_or_one_of_before(dockerfile: Path) -> None:
    text = dockerfile.read_text(encoding="utf-8")
    named = set(re.findall(r"^FROM \S+ AS (\w+)$", text, re.MULTILINE))
    stages = _stages(dockerfile)
    assert len(stages) >= 2
    assert stages[-1].base == "python:${PYTHON}"
    assert {stage.base for stage in stages} <= {"python:${PYTHON}", *named}
    assert ":latest" not in text


def test_the_user_has_a_fixed_number(last: Stage) -> None:
    assert last.the_only("USER") == "10001:10001"
    (created,) = (run for run in last.all_of("RUN") if "useradd" in run)
    assert "groupadd --gid 10001 " in created
    assert "useradd --uid 10001 --gid 10001 " in created
    names = [name for name, _ in last.instructions]
    assert "RUN" not in names[names.index("USER") :]


def test_commands_run_without_a_shell(dockerfile: Path, last: Stage) -> None:
    for name in ("CMD", "ENTRYPOINT"):
        assert all(isinstance(json.loads(arguments), list) for arguments in last.all_of(name))
    assert last.all_of("CMD")
    program = last.all_of("ENTRYPOINT") or last.all_of("CMD")
    assert json.loads(program[0])[:2] == ["python", "-m"]
    assert not {"SHELL", "STOPSIGNAL"} & {name for name, _ in last.instructions}, dockerfile


def test_the_image_tells_whether_it_is_healthy(dockerfile: Path, last: Stage) -> None:
    check = last.the_only("HEALTHCHECK")
    if dockerfile.name in ENDS_BY_ITSELF:
        assert check == "NONE"
        return
    command = json.loads(check[check.index("CMD ") + 4 :])
    assert f"http://127.0.0.1:{last.the_only('EXPOSE')}/readyz" in command[-1]
    assert "--timeout=" in check
    assert "--start-period=" in check


def test_nothing_is_fetched_but_by_package_managers(dockerfile: Path) -> None:
    for stage in _stages(dockerfile):
        assert not stage.all_of("ADD")
        assert not any(re.search(r"\b(curl|wget|git clone)\b", run) for run in stage.all_of("RUN"))


def test_packages_are_installed_with_hashes_and_members_without_others(dockerfile: Path) -> None:
    for stage in _stages(dockerfile):
        for run in stage.all_of("RUN"):
            for command in re.findall(r"\bpip install .*?(?= && |$)", run):
                if "--no-deps" in command:
                    assert "--build-constraint=hashes.txt" in command
                    assert all(word.startswith("./") for word in command.split()[2:] if not word.startswith("--"))
                else:
                    assert "--require-hashes" in command


def test_caches_are_in_no_layer(dockerfile: Path) -> None:
    for stage in _stages(dockerfile):
        for run in stage.all_of("RUN"):
            assert "pip install" not in run or "--mount=type=cache,target=/root/.cache/pip" in run
            assert "npm --prefix debugger-service/ui ci" not in run or "--mount=type=cache,target=/root/.npm" in run
            assert "apt-get install" not in run or "rm -rf /var/lib/apt/lists/*" in run


def test_the_image_has_no_tools_to_build_with(last: Stage) -> None:
    runs = " ".join(last.all_of("RUN"))
    assert "pip uninstall --yes --root-user-action ignore setuptools wheel pip" in runs
    assert not re.search(r"\b(pip install|npm|gcc|build-essential|make)\b", runs)


def test_the_root_need_not_be_writable(last: Stage) -> None:
    variables = dict(re.findall(r"(\w+)=(\S+)", " ".join(last.all_of("ENV"))))
    assert variables["PYTHONDONTWRITEBYTECODE"] == "1"
    folders = {value for name, value in variables.items() if name.endswith("_DIR")}
    assert folders <= {"/data", "/models"}
    assert ("/data" in folders) == (last.all_of("VOLUME") == ["/data"])


def test_no_secret_is_in_a_variable(dockerfile: Path) -> None:
    for stage in _stages(dockerfile):
        for arguments in (*stage.all_of("ARG"), *stage.all_of("ENV")):
            assert not re.search(r"(PASSWORD|PASSPHRASE|SECRET|TOKEN|_KEY)\w*=", arguments)


def test_labels_say_what_it_is(dockerfile: Path, last: Stage) -> None:
    labels = dict(re.findall(r'org\.opencontainers\.image\.([\w.]+)="([^"]*)"', last.the_only("LABEL")))
    member = "intent-service" if dockerfile.parent == ROOT else dockerfile.parent.name
    project = tomllib.loads((ROOT / member / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert labels["title"].startswith(project["name"])
    assert labels["version"] == project["version"]
    assert labels["description"] == project["description"] or dockerfile.parent == ROOT
    assert labels["revision"] == "${REVISION}"
    assert labels["base.name"] == "python:${PYTHON}"
    assert {"PYTHON", "REVISION=unknown"} <= set(last.all_of("ARG"))


def _pattern(line: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", line)
    meanings = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meanings.get(part, re.escape(part)) for part in parts) + r"(?:/.*)?")


def _is_sent(path: str) -> bool:
    sent = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#") and _pattern(line.removeprefix("!")).fullmatch(path):
            sent = line.startswith("!")
    return sent


@pytest.mark.parametrize("path", SECRET_OR_NEEDLESS)
def test_what_is_secret_or_needless_is_not_sent_to_the_engine(path: str) -> None:
    assert not _is_sent(path)


@pytest.mark.parametrize("path", NEEDED)
def test_what_is_needed_is_sent_to_the_engine(path: str) -> None:
    assert _is_sent(path)


def test_every_file_that_is_copied_is_sent(dockerfile: Path) -> None:
    for stage in _stages(dockerfile):
        for arguments in stage.all_of("COPY"):
            *sources, _ = (word for word in arguments.split() if not word.startswith("--"))
            if "--from=" not in arguments and sources != ["models"]:
                for source in sources:
                    files = [path for path in ROOT.glob(source) if path.exists()]
                    assert files, source
                    assert all(_is_sent(str(file.relative_to(ROOT))) for file in files), source
