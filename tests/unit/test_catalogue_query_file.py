"""Every way a query file can be wrong, and that all of them are told at once."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest

from publisher.catalogue.load import load_queries, load_query
from publisher.catalogue.query import Contributor
from publisher.errors import CatalogueError, Fault
from publisher.model.privacy import Clip, PrivacyRules, QualityRules
from publisher.model.rules import Dominance, SuppressionRules
from publisher.settings import Workspace

EXACT = """\
id = "table"
title = "A title"
summary = "A summary"
[universe]
flow = "M"
where = "procedure IN ('processing', 'home_use')"
[[dimension]]
column = "commodity"
codelist = "HS"
levels = ["total", "section", "chapter"]
[[dimension]]
column = "partner"
title = "Origin"
codelist = "COUNTRY"
levels = ["region", "total"]
[[measure]]
id = "statistical_value"
aggregate = "sum"
unit = "KRW"
[[measure]]
id = "mass"
column = "net_mass"
title = "Weight"
aggregate = "sum"
unit = "kg"
shadows = "statistical_value"
[contributor]
column = "importer"
holding = "enterprise_group"
[protection]
method = "suppression"
confidentiality = "active"
minimum_contributors = 3
p_percent = 15
dominance = { n = 1, k = "151/2" }
"""

NOISY = """\
id = "table"
title = "A title"
summary = "A summary"
[universe]
flow = "X"
where = "control_category <> 'NONE'"
[[dimension]]
column = "control_category"
codelist = "CONTROL"
levels = ["total", "group", "category"]
[[measure]]
id = "traders"
aggregate = "count_distinct"
column = "exporter"
[[measure]]
id = "declarations"
aggregate = "count"
[contributor]
column = "exporter"
[protection]
method = "dp"
unit = "exporter per calendar year"
rho = "1/50"
clip = { norm = "l2", at = "private_quantile", rho_share = "1/10" }
keys = "codelist"
"""


def written(folder: Path, text: str, name: str = "table.toml") -> Path:
    path = folder / "queries" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def faults_of(load: Callable[[], object]) -> tuple[Fault, ...]:
    with pytest.raises(CatalogueError) as refused:
        load()
    assert refused.value.exit_code == 3
    return refused.value.faults


def test_a_suppression_query_is_read(tmp_path: Path) -> None:
    query = load_query(written(tmp_path, EXACT))
    table = query.structure
    assert (query.id, query.method) == ("table", "suppression")
    assert table.universe == "flow = 'M' AND procedure IN ('home_use','processing')"
    assert table.columns == ("commodity", "partner")
    assert [d.title for d in table.dimensions] == ["HS subheading (six digits)", "Origin"]
    assert [d.hierarchy.levels for d in table.dimensions] == [("total", "section", "chapter"), ("total", "region")]
    assert [len(d.hierarchy.codes) for d in table.dimensions] == [1 + 22 + 97, 1 + 6]
    value, mass = table.measures
    assert (value.column, value.unit, value.decimals, value.title) == (
        "statistical_value",
        "KRW",
        0,
        "Statistical value",
    )
    assert (mass.column, mass.unit, mass.decimals, mass.title) == ("net_mass", "kg", 3, "Weight")
    assert table.rule_measures == (value,)
    assert query.contributor == Contributor("importer", "enterprise_group")
    assert query.protection == SuppressionRules(
        confidentiality="active",
        minimum_contributors=3,
        p_percent=Fraction(15),
        dominance=Dominance(1, Fraction(151, 2)),
    )


def test_a_dp_query_is_read(tmp_path: Path) -> None:
    query = load_query(written(tmp_path, NOISY))
    assert query.method == "dp"
    assert query.contributor == Contributor("exporter", None)
    assert query.protection == PrivacyRules(
        "exporter per calendar year", Fraction(1, 50), Clip("private_quantile", Fraction(1, 10))
    )
    traders, declarations = query.structure.measures
    assert (traders.column, traders.unit) == ("exporter", "traders")
    assert (declarations.column, declarations.unit) == (None, "declarations")


def test_codes_that_the_universe_rules_out_are_no_keys(tmp_path: Path) -> None:
    codes = load_query(written(tmp_path, NOISY)).structure.dimensions[0].hierarchy.codes
    assert "NONE" not in codes
    assert "UNCONTROLLED" not in codes  # nothing is left below it
    assert {"_T", "MILITARY", "ML", "DU0", "DU9"} <= set(codes)


def test_quality_rules_are_read(tmp_path: Path) -> None:
    quality = (
        '[protection.quality]\nhide_above_percent = 50\nfinest_share_percent = "199/2"\nfinest_half_width = 12\n'
    )
    protection = load_query(written(tmp_path, NOISY + quality)).protection
    assert isinstance(protection, PrivacyRules)
    assert protection.quality == QualityRules(Fraction(50), Fraction(199, 2), Fraction(12))


QUALITY = "quality = {{ hide_above_percent = {} }}"
SHARE = "quality = { finest_share_percent = 80 }"

# One fault a line: file, what stands there, what stands there instead, the key named, part of the problem.
ONE_FAULT = [
    (EXACT, 'title = "A title"\n', "", "title", "is missing"),
    (EXACT, 'title = "A title"', 'title = "  "', "title", "not empty"),
    (EXACT, 'summary = "A summary"', "summary = 3", "summary", "must be a text"),
    (EXACT, 'id = "table"\n', 'id = "table"\ntitel = "x"\n', "titel", "is not a known key"),
    (EXACT, 'id = "table"\n', 'id = "other"\n', "id", "named table.toml"),
    (EXACT, 'id = "table"\n', 'id = "Bad Id"\n', "id", "is not an identifier"),
    (EXACT, 'flow = "M"', 'flow = "I"', "universe.flow", 'cannot be "I"'),
    (EXACT, 'flow = "M"', 'flow = "M"\nwhen = ""', "universe.when", "is not a known key"),
    (EXACT, "procedure IN", "importer IN", "universe.where", "importer is classed 'identifier'"),
    (EXACT, "procedure IN", "duty_rate IN", "universe.where", "duty_rate is classed 'confidential'"),
    (EXACT, "procedure IN", "statistical_value IN", "universe.where", "statistical_value is classed 'measure'"),
    (EXACT, "procedure IN", "reference_period IN", "universe.where", "may not be filtered on"),
    (EXACT, "procedure IN", "nothing IN", "universe.where", "there is no column nothing"),
    (EXACT, "'home_use'", "'home'", "universe.where", "'home' is no procedure"),
    (EXACT, "'home_use'", "'_T'", "universe.where", "'_T' is no procedure"),
    (EXACT, "procedure IN ('processing', 'home_use')", "flow = 'X'", "universe.where", "flow may not stand here"),
    (EXACT, "procedure IN ('processing', 'home_use')", "1=1; DROP TABLE x", "universe.where", "cannot be read"),
    (EXACT, "procedure IN (", "procedure (", "universe.where", "after procedure"),
    (
        EXACT,
        'column = "commodity"',
        'column = "importer"',
        "dimension[1].column",
        "names a person, company or document",
    ),
    (EXACT, 'column = "commodity"', 'column = "licence_number"', "dimension[1].column", "may never be output"),
    (EXACT, 'column = "commodity"', 'column = "acceptance_date"', "dimension[1].column", "is confidential"),
    (EXACT, 'column = "commodity"', 'column = "net_mass"', "dimension[1].column", "is a measure"),
    (EXACT, 'column = "commodity"', 'column = "flow"', "dimension[1].column", "is fixed by the universe"),
    (EXACT, 'column = "commodity"', 'column = "reference_period"', "dimension[1].column", "is fixed by the universe"),
    (EXACT, 'column = "commodity"', 'column = "goods"', "dimension[1].column", "there is no column goods"),
    (EXACT, 'column = "partner"', 'column = "origin"', "dimension[2].column", "may be empty in a declaration"),
    (EXACT, 'codelist = "HS"', 'codelist = "COUNTRY"', "dimension[1].codelist", 'cannot be "COUNTRY"'),
    (EXACT, 'codelist = "HS"', 'codelist = "SITC"', "dimension[1].codelist", 'cannot be "SITC"'),
    (EXACT, '"section", "chapter"]', '"sektion"]', "dimension[1].levels", "names the unknown sektion"),
    (EXACT, '"section", "chapter"]', '"total"]', "dimension[1].levels", "names total twice"),
    (EXACT, '["total", "section", "chapter"]', "[]", "dimension[1].levels", "one or more texts"),
    (EXACT, '["total", "section", "chapter"]', "[1]", "dimension[1].levels", "one or more texts"),
    (EXACT, 'id = "mass"', 'id = "statistical_value"', "measure", "the id statistical_value stands twice"),
    (EXACT, 'id = "mass"', 'id = "partner"', "measure", "is also a dimension's column"),
    (EXACT, 'id = "mass"', 'id = "obs_status"', "measure[2].id", "cannot name a published column"),
    (EXACT, 'id = "mass"', 'id = "value_lower"', "measure[2].id", "cannot name a published column"),
    (EXACT, 'id = "mass"', 'id = "declarations"', "measure declarations.id", "cannot name a suppressed column"),
    (EXACT, 'column = "net_mass"', 'column = "mass"', "measure[2].column", "there is no column mass"),
    (EXACT, 'column = "net_mass"', 'column = "importer"', "measure[2].column", "'identifier' and cannot be summed"),
    (EXACT, 'unit = "kg"', 'unit = "t"', "measure[2].unit", 'cannot be "t"'),
    (EXACT, 'unit = "kg"\n', "", "measure[2].unit", "is missing"),
    (EXACT, 'shadows = "statistical_value"', 'shadows = "value"', "measure mass.shadows", '"value" is no measure'),
    (EXACT, 'shadows = "statistical_value"', 'shadows = "mass"', "measure mass.shadows", '"mass" is no measure'),
    (EXACT, 'unit = "kg"', 'unit = "kg"\ndecimals = 2', "measure[2].decimals", "is not a known key"),
    (EXACT, 'column = "importer"', 'column = "exporter"', "contributor.column", 'cannot be "exporter"'),
    (EXACT, '"enterprise_group"', '"declarant"', "contributor.holding", 'cannot be "declarant"'),
    (EXACT, 'method = "suppression"', 'method = "rounding"', "protection.method", 'cannot be "rounding"'),
    (EXACT, "p_percent = 15", "p_percent = 15.5", "protection.p_percent", "not exact"),
    (EXACT, "p_percent = 15", "p_percent = 0", "protection.p_percent", "cannot be 0"),
    (EXACT, "p_percent = 15", "p_percent = 100", "protection.p_percent", "cannot be 100"),
    (EXACT, "p_percent = 15", 'p_percent = "1e1"', "protection.p_percent", "cannot be"),
    (EXACT, "p_percent = 15", "p_percent = 15\nq_percent = 15", "protection.p_percent", "below q_percent"),
    (EXACT, "p_percent = 15", "p_percent = 15\nq_percent = 101", "protection.q_percent", "cannot be 101"),
    (EXACT, "contributors = 3", "contributors = 0", "protection.minimum_contributors", "cannot be 0"),
    (EXACT, "contributors = 3", "contributors = true", "protection.minimum_contributors", "cannot be True"),
    (EXACT, "minimum_contributors = 3\n", "", "protection.minimum_contributors", "is missing"),
    (EXACT, "n = 1", "n = 0", "protection.dominance.n", "cannot be 0"),
    (EXACT, '"151/2"', "100", "protection.dominance.k", "cannot be 100"),
    (EXACT, '"151/2"', "75.5", "protection.dominance.k", "not exact"),
    (EXACT, '{ n = 1, k = "151/2" }', "3", "protection.dominance", "must be a section"),
    (EXACT, "{ n = 1, k", "{ n = 1, m = 2, k", "protection.dominance.m", "is not a known key"),
    (EXACT, '"active"', '"aktive"', "protection.confidentiality", 'cannot be "aktive"'),
    (EXACT, "p_percent = 15", 'p_percent = 15\nrho = "1/50"', "protection.rho", "is not a known key"),
    (EXACT, "p_percent = 15", 'secondary_cost = "mass"', "protection.secondary_cost", 'cannot be "mass"'),
    (NOISY, 'rho = "1/50"', "rho = 0.02", "protection.rho", "not exact"),
    (NOISY, 'rho = "1/50"', 'rho = "0.02"', "protection.rho", 'cannot be "0.02"'),
    (NOISY, 'rho = "1/50"', 'rho = "1/0"', "protection.rho", 'cannot be "1/0"'),
    (NOISY, 'rho = "1/50"', 'rho = "-1/50"', "protection.rho", 'cannot be "-1/50"'),
    (NOISY, 'rho = "1/50"', 'rho = "11"', "protection.rho", 'cannot be "11"'),
    (NOISY, "clip = {", "klip = {", "protection.clip", "is missing"),
    (NOISY, '"l2"', '"l1"', "protection.clip.norm", 'cannot be "l1"'),
    (NOISY, '"private_quantile"', '"max"', "protection.clip.at", 'cannot be "max"'),
    (NOISY, '"private_quantile"', "4", "protection.clip.rho_share", "is not a known key"),
    (NOISY, '"private_quantile", rho_share = "1/10"', "0", "protection.clip.at", "cannot be 0"),
    (NOISY, ', rho_share = "1/10"', "", "protection.clip.rho_share", "is missing"),
    (NOISY, '"1/10"', '"1"', "protection.clip.rho_share", 'cannot be "1"'),
    (NOISY, '"exporter per', '"importer per', "protection.unit", "cannot be"),
    (NOISY, 'keys = "codelist"', 'keys = "data"', "protection.keys", 'cannot be "data"'),
    (NOISY, 'keys = "codelist"', "quality = {}", "protection.quality", "says nothing"),
    (NOISY, 'keys = "codelist"', "quality = 50", "protection.quality", "must be a section"),
    (NOISY, 'keys = "codelist"', QUALITY.format("50, hide = 50"), "protection.quality.hide", "is not a known key"),
    (NOISY, 'keys = "codelist"', QUALITY.format(0), "protection.quality.hide_above_percent", "cannot be 0"),
    (NOISY, 'keys = "codelist"', QUALITY.format(0.5), "protection.quality.hide_above_percent", "not exact"),
    (NOISY, 'keys = "codelist"', QUALITY.format(1001), "protection.quality.hide_above_percent", "cannot be 1001"),
    (NOISY, 'keys = "codelist"', SHARE, "protection.quality.finest_share_percent", "needs hide_above_percent"),
    (EXACT, "p_percent = 15", QUALITY.format(50), "protection.quality", "is not a known key"),
    (NOISY, '"count"', '"count"\nshadows = "traders"', "measure declarations.shadows", "hide no cells"),
    (NOISY, '"count"', '"count"\ncolumn = "importer"', "measure[2].column", "may not stand in a count"),
    (NOISY, '"count"', '"average"', "measure[2].aggregate", 'cannot be "average"'),
    (NOISY, '"count"', '"sum"\ncolumn = "net_mass"\nunit = "kg"', "measure", "measures of different kinds"),
    (NOISY, 'column = "exporter"\n[[', 'column = "declarant"\n[[', "measure[1].column", 'cannot be "declarant"'),
    (NOISY, 'column = "exporter"\n[[', 'column = "partner"\n[[', "measure[1].column", 'cannot be "partner"'),
]


@pytest.mark.parametrize(("text", "old", "new", "key", "problem"), ONE_FAULT)
def test_a_fault_is_told_with_its_key_and_what_is_allowed(
    tmp_path: Path, text: str, old: str, new: str, key: str, problem: str
) -> None:
    assert old in text
    faults = faults_of(lambda: load_query(written(tmp_path, text.replace(old, new, 1))))
    found = [fault for fault in faults if fault.place == f"queries/table.toml: {key}"]
    assert any(problem in fault.problem for fault in found), [str(fault) for fault in faults]
    assert all(fault.allowed for fault in faults)


def test_one_fault_makes_one_line(tmp_path: Path) -> None:
    for text, old, new, _, _ in ONE_FAULT:
        path = written(tmp_path, text.replace(old, new, 1))
        faults = faults_of(partial(load_query, path))
        lines = 2 if new == "klip = {" else 1  # a misspelt key is unknown, and the one it stands for missing
        assert len(faults) == lines, [str(fault) for fault in faults]


def test_a_suppressed_count_is_refused(tmp_path: Path) -> None:
    text = EXACT.replace('id = "mass"\ncolumn = "net_mass"', 'id = "items"').replace('"sum"\nunit = "kg"', '"count"')
    (fault,) = faults_of(lambda: load_query(written(tmp_path, text)))
    assert (fault.place, fault.allowed) == ("queries/table.toml: measure items.aggregate", 'method = "dp"')


def test_measures_that_all_shadow_are_refused(tmp_path: Path) -> None:
    text = EXACT.replace('unit = "KRW"', 'unit = "KRW"\nshadows = "mass"')
    assert any(
        "every measure shadows another" in fault.problem
        for fault in faults_of(lambda: load_query(written(tmp_path, text)))
    )


@pytest.mark.parametrize("part", ["universe", "dimension", "measure", "contributor", "protection"])
def test_a_missing_part_is_told_once(tmp_path: Path, part: str) -> None:
    text = EXACT.replace(f"[[{part}]]", f"[[x{part}]]").replace(f"[{part}]", f"[x{part}]")
    told = {(fault.place, fault.problem) for fault in faults_of(lambda: load_query(written(tmp_path, text)))}
    file = "queries/table.toml: "
    assert told == {(file + part, "is missing"), (f"{file}x{part}", "is not a known key")}


def test_a_part_of_the_wrong_kind_is_told(tmp_path: Path) -> None:
    head = 'id = "table"\ntitle = "t"\nsummary = "s"\n'
    text = head + 'universe = 1\ndimension = {}\nmeasure = [3]\ncontributor = []\nprotection = ""\n'
    faults = faults_of(lambda: load_query(written(tmp_path, text)))
    assert {fault.place.split(": ")[1] for fault in faults} == {
        "universe", "dimension", "measure", "contributor", "protection"
    }  # fmt: skip


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    edits = [
        ('title = "A title"\n', ""),
        ("procedure IN", "declarant IN"),
        ('column = "partner"', 'column = "exporter"'),
        ('unit = "kg"', 'unit = "lb"'),
        ('shadows = "statistical_value"', 'shadows = "nothing"'),
        ("p_percent = 15", "p_percent = 1.5"),
        ("n = 1", "n = 0"),
        ("minimum_contributors = 3", "minimal = 3"),
    ]
    text = EXACT
    for old, new in edits:
        text = text.replace(old, new, 1)
    faults = faults_of(lambda: load_query(written(tmp_path, text)))
    assert [fault.place.split(": ", 1)[1] for fault in faults] == [
        "title",
        "universe.where",
        "dimension[2].column",
        "measure[2].unit",
        "protection.minimum_contributors",
        "protection.p_percent",
        "protection.dominance.n",
        "protection.minimal",
        "measure mass.shadows",
    ]


def test_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, EXACT.replace('"KRW"', '"USD"'))
    written(tmp_path, NOISY.replace('"1/50"', "0.1").replace('"table"', '"noisy"'), "noisy.toml")
    places = {fault.place for fault in faults_of(lambda: load_queries(Workspace(tmp_path)))}
    assert places == {"queries/table.toml: measure[1].unit", "queries/noisy.toml: protection.rho"}


def test_two_queries_with_one_id_are_refused(tmp_path: Path) -> None:
    written(tmp_path, EXACT)
    written(tmp_path, EXACT, "another.toml")
    faults = faults_of(lambda: load_queries(Workspace(tmp_path)))
    assert any("is also the id of queries/another.toml" in fault.problem for fault in faults)
    assert any("the file is named another.toml" in fault.problem for fault in faults)


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    (fault,) = faults_of(lambda: load_query(written(tmp_path, EXACT.replace('flow = "M"', "flow = M"))))
    assert fault.place == "queries/table.toml"
    assert "line 5" in fault.problem


def test_a_key_that_stands_twice_is_told(tmp_path: Path) -> None:
    (fault,) = faults_of(lambda: load_query(written(tmp_path, 'id = "a"\n' + EXACT)))
    assert "is not TOML" in fault.problem


def test_text_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, EXACT)
    path.write_bytes(path.read_bytes().replace(b"A summary", b"\xff"))
    (fault,) = faults_of(lambda: load_query(path))
    assert (fault.place, fault.problem) == ("queries/table.toml: line 3", "is not UTF-8 text")


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    (fault,) = faults_of(lambda: load_query(tmp_path / "queries" / "no.toml"))
    assert "cannot be read" in fault.problem


def test_digests_look_past_layout_and_tell_policy_from_structure(tmp_path: Path) -> None:
    one = load_query(written(tmp_path, EXACT))
    spaced = load_query(written(tmp_path, EXACT.replace(" = ", "  =  ") + "# a remark\n"))
    stricter = load_query(written(tmp_path, EXACT.replace("p_percent = 15", "p_percent = 16")))
    narrower = load_query(written(tmp_path, EXACT.replace(", 'home_use'", "")))
    assert (one.digest, one.policy_digest) == (spaced.digest, spaced.policy_digest)
    assert one.digest == stricter.digest
    assert one.policy_digest != stricter.policy_digest
    assert one.digest != narrower.digest
    assert len(one.digest) == len(one.policy_digest) == 64


def test_a_new_title_is_the_same_measurement(tmp_path: Path) -> None:
    one = load_query(written(tmp_path, NOISY))
    renamed = load_query(written(tmp_path, NOISY.replace('title = "A title"', 'title = "Another"')))
    dearer = load_query(written(tmp_path, NOISY.replace("1/50", "1/49")))
    coarser = load_query(written(tmp_path, NOISY.replace(', "category"]', "]")))
    assert one.digest != renamed.digest
    assert one.measurement_digest == renamed.measurement_digest
    assert len({query.measurement_digest for query in (one, dearer, coarser)}) == 3
    assert one.digest != dearer.digest  # the noise is part of what a reader is told
