"""What may stand in a chart: words for those who do not see it, and nothing that a scan or a policy trips over."""

import re
from importlib import resources
from xml.etree import ElementTree

import pytest

from publisher.audit.numbers import numbers
from publisher.publication.chart.looks import LOOKS
from publisher.publication.chart.svg import Element, Svg, mark
from tests.lib.charts import every_kind

CHARTS = {chart.id: chart for chart in every_kind()}
SOURCE = "An office (2021). A table, March 2021, version 1. https://example.org/"
TITLES = re.compile(r"<(title|desc)[ >].*?</\1>")


def written(chart: Svg) -> tuple[str, str]:
    return chart.__html__(), chart.file(SOURCE).decode()


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_a_chart_is_well_formed_and_has_words(chart: Svg) -> None:
    for text in written(chart):
        tree = ElementTree.fromstring(text)  # made here, not taken from anyone
        assert [child.text for child in tree][:2] == [chart.title, chart.desc]
    page = chart.__html__()
    assert f'aria-labelledby="{chart.id}-title" aria-describedby="{chart.id}-desc"' in page
    assert 'role="img"' in page


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_a_chart_has_no_script_style_or_link(chart: Svg) -> None:
    for text in written(chart):
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|href|url\(|<foreignObject|<image|<use", text)
        assert set(re.findall(r"https?://[^\"<]+", text)) <= {"http://www.w3.org/2000/svg", "https://example.org/"}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_the_audit_finds_no_number_among_coordinates(chart: Svg) -> None:
    for text in written(chart):
        drawn = TITLES.sub("", re.sub(r'<text class="amount".*?</text>|<text [^>]*>[0-9-]+</text>', "", text))
        assert numbers(drawn) == set()
        assert not re.search(r"[0-9]{6}", re.sub(r"#[0-9a-f]{6}", "", drawn))


def test_the_same_cells_make_the_same_bytes() -> None:
    assert [written(chart) for chart in every_kind()] == [written(chart) for chart in every_kind()]


def test_every_look_has_its_rule_in_the_stylesheet() -> None:
    sheet = resources.files("publisher.publication").joinpath("assets/publisher.css").read_text("utf-8")
    rules = set(re.findall(r"\.([a-z][a-z0-9-]*)", "".join(re.findall(r"^\.graph [^{]+", sheet, re.MULTILINE))))
    assert set(LOOKS) <= rules
    assert rules <= {*LOOKS, "graph", "lit"}
    used = {look for chart in CHARTS.values() for look in re.findall(r'class="([a-z0-9-]+)"', chart.__html__())}
    assert set(LOOKS) - used <= {"heading", "note", "ground", "whisker", "tile-empty"}


def test_a_file_needs_no_stylesheet() -> None:
    text = CHARTS["bars"].file(SOURCE).decode()
    assert "class=" not in text
    assert 'fill="#ffffff"' in text
    assert SOURCE.split(". ")[0] in text


@pytest.mark.parametrize(
    ("tag", "attributes"),
    [
        ("script", {}),
        ("a", {}),
        ("rect", {"style": "fill:red"}),
        ("rect", {"onclick": "x"}),
        ("rect", {"fill": "red"}),
        ("path", {"d": "M123456+1"}),
        ("path", {"d": "M123 456"}),
        ("path", {"d": "M1,2,3,4,5,6"}),
        ("path", {"d": "M123.456"}),
        ("svg", {"viewBox": "0 0 1000 200"}),
    ],
)
def test_marks_that_may_not_stand_in_a_page_are_refused(tag: str, attributes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"chart|six digits"):
        mark(tag, "", **attributes)


def test_words_are_escaped() -> None:
    assert (
        mark("text", "name", "<b>&", x='"').write(alone=False)
        == '<text class="name" x="&quot;">&lt;b&gt;&amp;</text>'
    )
    with pytest.raises(ValueError, match="look"):
        Element("text", "no-such-look")


@pytest.mark.parametrize(
    ("identifier", "title", "desc"), [("A", "t", "d"), ("a b", "t", "d"), ("a", "", "d"), ("a", "t", "")]
)
def test_a_chart_without_words_or_with_a_strange_id_is_refused(identifier: str, title: str, desc: str) -> None:
    with pytest.raises(ValueError, match="chart"):
        Svg(identifier, title, desc, 10, ())
