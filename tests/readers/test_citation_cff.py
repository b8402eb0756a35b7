"""A YAML reader finds in CITATION.cff what the Citation File Format asks for, whatever an office is called."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from publisher.publication import write_edition
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, empty_sample


def cited(folder: Path) -> dict[str, object]:
    return dict(yaml.safe_load((folder / "CITATION.cff").read_text("utf-8")))


def test_it_names_the_edition(edition: Path) -> None:
    fields = cited(edition)
    assert {"cff-version", "message", "title", "authors"} <= set(fields)  # what the format requires
    assert (fields["cff-version"], fields["type"], fields["version"]) == ("1.2.0", "dataset", "1")
    assert date.fromisoformat(str(fields["date-released"])) == date(2021, 4, 15)
    assert fields["license"] == "CC-BY-4.0"
    assert str(fields["url"]).endswith(f"/releases/{PLAN.id}/{PERIOD}/v1/")
    assert fields["authors"] == [{"name": Office().name}]


@pytest.mark.parametrize("name", ['Office: "Trade" & \\ Co #1', "관세청", "- no", "yes", "{a: b}", "a\tb"])
def test_any_name_comes_through(tmp_path: Path, name: str) -> None:
    write_edition(tmp_path, PLAN, PERIOD, 1, (empty_sample(),), Office(name=name, licence="Own terms, 2021"))
    fields = cited(tmp_path)
    assert fields["authors"] == [{"name": name}]
    assert "license" not in fields
