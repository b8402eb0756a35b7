"""The office's colours and logo: what is refused, with which words, and where they arrive."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from publisher.errors import CatalogueError
from publisher.model.colour import contrast
from publisher.publication import write_site
from publisher.settings import SETTINGS_TEXT, Office, Settings, Workspace, load_settings
from tests.lib.protected_samples import PLAN

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M1 1h6v6z" fill="#fff"/></svg>'


#   ground     white on it
#   #767676    4.54          allowed
#   #777777    4.47          refused
def test_a_colour_on_which_white_cannot_be_read_is_refused_with_the_ratio() -> None:
    assert Office(brand="#767676").brand == "#767676"
    for field in ("brand", "brand_dark"):
        with pytest.raises(
            ValidationError, match=r"has a contrast of 4\.47 to the white text on it, and 4\.5 is required"
        ):
            Office.model_validate({field: "#777777"})
        with pytest.raises(ValidationError, match="is no colour"):
            Office.model_validate({field: "blue; }"})


def test_contrast_as_wcag_defines_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == 1
    assert contrast("#0c3550", "#ffffff") == contrast("#ffffff", "#0c3550")


@pytest.mark.parametrize(
    ("logo", "why"),
    [
        ("<p>no</p>", "is no SVG with a viewBox"),
        ("<svg", "is no SVG"),
        (LOGO.replace("<path", "<script/><path"), "shapes only"),
        (LOGO.replace("<path", '<path onload="x()"'), "shapes only"),
        (LOGO.replace("<path", '<image href="https://elsewhere.example/x.png"/><path'), "shapes only"),
        ("<!DOCTYPE svg>" + LOGO, "shapes only"),
        (LOGO.replace("h6", "h42.857142"), "six digits or more"),
        (LOGO.replace("#fff", "#123456"), "six digits or more"),
        (LOGO.replace("M1", " " * 40_000 + "M1"), "larger than 32768 bytes"),
    ],
)
def test_a_logo_that_could_load_run_or_look_like_a_figure_is_refused(logo: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Office(logo=logo)


def test_colours_and_logo_arrive_on_the_pages(tmp_path: Path) -> None:
    office = Office(brand="#123456", brand_dark="#010203", logo=LOGO)
    write_site(tmp_path, (), office, {PLAN.id: PLAN})
    styles = (tmp_path / "assets" / "publisher.css").read_text("utf-8")
    assert "--brand: rgb(18 52 86);" in styles and "--brand: rgb(1 2 3);" in styles
    assert "123456" not in styles, "six digits look like a figure"
    assert (tmp_path / "assets" / "logo.svg").read_text("utf-8") == LOGO
    assert '<img class="logo" src="assets/logo.svg" alt="">' in (tmp_path / "index.html").read_text("utf-8")


def test_settings_name_a_file_beside_themselves(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.private.mkdir()
    workspace.settings_file.write_text(SETTINGS_TEXT.replace('logo = ""', 'logo = "logo.svg"'))
    with pytest.raises(CatalogueError, match="names no SVG file in this folder"):
        load_settings(workspace)
    (workspace.private / "logo.svg").write_text(LOGO)
    assert load_settings(workspace).office.logo == LOGO
    workspace.settings_file.write_text(SETTINGS_TEXT)
    assert load_settings(workspace) == Settings()
