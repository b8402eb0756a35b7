"""What a query file may say about costs, penalties and sliding ranges; the pooled codes of tables and codelists."""

from fractions import Fraction
from pathlib import Path

import pytest

from publisher.catalogue.codelists import CODELISTS, codelist
from publisher.catalogue.load import load_query
from publisher.catalogue.pools import POOLED_PARTNER, is_pooled, published_codelist
from publisher.errors import CatalogueError
from publisher.model.rules import LevelPenalty, SuppressionRules

QUERY = """\
id = "table"
title = "A title"
summary = "A summary"
[universe]
flow = "M"
WHERE
[[dimension]]
column = "commodity"
codelist = "HS"
levels = ["total", "chapter", "heading", "subheading"]
[[dimension]]
column = "partner"
codelist = "COUNTRY"
levels = ["total", "region", "country"]
[[measure]]
id = "statistical_value"
aggregate = "sum"
unit = "KRW"
[[measure]]
id = "mass"
column = "net_mass"
aggregate = "sum"
unit = "kg"
shadows = "statistical_value"
[contributor]
column = "importer"
[protection]
method = "suppression"
confidentiality = "passive"
minimum_contributors = 1
"""
NOISY = '[protection]\nmethod = "dp"\nunit = "importer per calendar year"\nrho = "1/50"\nclip = { at = 8 }\n'


def written(folder: Path, protection: str = "", where: str = "") -> Path:
    path = folder / "table.toml"
    path.write_text(QUERY.replace("WHERE", where) + protection, "utf-8")
    return path


def rules(folder: Path, protection: str) -> SuppressionRules:
    read = load_query(written(folder, protection)).protection
    assert isinstance(read, SuppressionRules)
    return read


def test_a_query_without_the_new_keys_has_their_defaults(tmp_path: Path) -> None:
    read = rules(tmp_path, "")
    assert (read.secondary_cost, read.cost_measure, read.level_penalty) == ("value", None, ())
    assert read.sliding_percent is None


def test_the_cost_may_be_any_measure_of_the_query(tmp_path: Path) -> None:
    read = rules(tmp_path, 'secondary_cost = "measure:mass"\n')
    assert (read.secondary_cost, read.cost_measure) == ("measure", "mass")


@pytest.mark.parametrize("name", ["measure", "measure:", "measure:net_mass", "mass"])
def test_no_other_measure_and_no_bare_word(tmp_path: Path, name: str) -> None:
    with pytest.raises(CatalogueError, match="measure:statistical_value, measure:mass") as refused:
        rules(tmp_path, f'secondary_cost = "{name}"\n')
    assert "protection.secondary_cost" in str(refused.value)


def test_penalties_by_level(tmp_path: Path) -> None:
    text = '[protection.level_penalty]\ncommodity = { total = 9, chapter = "5/2" }\npartner = { total = 4 }\n'
    assert rules(tmp_path, text).level_penalty == (
        LevelPenalty("commodity", "total", Fraction(9)),
        LevelPenalty("commodity", "chapter", Fraction(5, 2)),
        LevelPenalty("partner", "total", Fraction(4)),
    )


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        ("level_penalty = { office = { total = 2 } }", "level_penalty.office", "is not a known key"),
        ("level_penalty = { commodity = { section = 2 } }", "level_penalty.commodity.section", "is not a known key"),
        ("level_penalty = { commodity = { total = 0 } }", "level_penalty.commodity.total", "cannot be 0"),
        ("level_penalty = { commodity = { total = 1000001 } }", "level_penalty.commodity.total", "cannot be 1000001"),
        ("level_penalty = { commodity = { total = 1.5 } }", "level_penalty.commodity.total", "not exact"),
        ("level_penalty = { commodity = 3 }", "level_penalty.commodity", "must be a section"),
        ("sliding_percent = 0", "sliding_percent", "cannot be 0"),
        ("sliding_percent = 1001", "sliding_percent", "cannot be 1001"),
        ("sliding_percent = 2.5", "sliding_percent", "not exact"),
    ],
)
def test_faults_are_named_with_their_key(tmp_path: Path, text: str, key: str, problem: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        rules(tmp_path, text + "\n")
    (fault,) = refused.value.faults
    assert fault.place.endswith(f"protection.{key}")
    assert problem in fault.problem


def test_a_sliding_range(tmp_path: Path) -> None:
    assert rules(tmp_path, 'sliding_percent = "25/2"\n').sliding_percent == Fraction(25, 2)


def test_rules_change_the_confidential_digest_and_not_the_public_one(tmp_path: Path) -> None:
    """The manifest holds a salted commitment to the first and the second itself."""
    plain = load_query(written(tmp_path))
    for text in ("sliding_percent = 30\n", "level_penalty = { partner = { total = 2 } }\n"):
        changed = load_query(written(tmp_path, text))
        assert changed.digest == plain.digest
        assert changed.policy_digest != plain.policy_digest


def test_tables_under_suppression_have_pooled_codes(tmp_path: Path) -> None:
    goods, partners = (dimension.hierarchy for dimension in load_query(written(tmp_path)).structure.dimensions)
    assert goods.parent[goods.node["879999"]] == goods.node["8799"]
    assert goods.parent[goods.node["8799"]] == goods.node["87"]
    assert partners.parent[partners.node[POOLED_PARTNER]] == partners.node["_X"]
    assert "not shown" in goods.names[goods.node["8799"]]


def test_noisy_tables_keep_their_keys(tmp_path: Path) -> None:
    text = QUERY.replace("WHERE", "").split("[protection]")[0].replace('shadows = "statistical_value"\n', "")
    path = tmp_path / "table.toml"
    path.write_text(
        text.replace('[[measure]]\nid = "mass"\ncolumn = "net_mass"\naggregate = "sum"\nunit = "kg"\n', "") + NOISY
    )
    goods, partners = (dimension.hierarchy for dimension in load_query(path).structure.dimensions)
    assert POOLED_PARTNER not in partners.node
    assert "879999" not in goods.node


def test_a_universe_keeps_the_pools_that_its_goods_may_move_to(tmp_path: Path) -> None:
    where = "where = \"commodity IN ('870310','010121') AND partner IN ('DE','CN')\""
    goods, partners = (d.hierarchy for d in load_query(written(tmp_path, where=where)).structure.dimensions)
    leaves = {goods.codes[leaf] for leaf in goods.leaves}
    assert leaves == {"870310", "010121", "879999", "019999"}
    assert {partners.codes[leaf] for leaf in partners.leaves} == {"DE", "CN", POOLED_PARTNER}


@pytest.mark.parametrize("id", CODELISTS)
def test_published_codelists_are_the_declared_ones_and_their_pools(id: str) -> None:
    published, declared = published_codelist(id), codelist(id)
    added = [code for code in published.codes if is_pooled(published, code.code)]
    assert len(added) == {"HS": 2 * 96, "COUNTRY": 1}.get(id, 0)
    assert {code.code for code in published.codes} == {code.code for code in [*declared.codes, *added]}


def test_chapter_99_is_its_own_pool() -> None:
    assert not is_pooled(published_codelist("HS"), "999999")
