"""What the README shows is so."""

import re
from pathlib import Path

from gateway.compiling import routing_table
from gateway.configuration import read

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_configuration_in_the_readme_is_one(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    file = tmp_path / "gateway.toml"
    file.write_text(block, encoding="utf-8")
    table = routing_table(read(file), is_open=False)
    device, person = table.find(b"/crystal/sklearn", "POST"), table.find(b"/crystal/models", "GET")
    assert device
    assert person
    assert (device.is_open, device.limit, device.read_seconds) == (True, "devices", 10)
    assert (person.is_open, person.limit) == (False, None)
