"""The catalogue that is shipped loads, has the shape it should have, and spends what it may."""

from fractions import Fraction
from math import prod
from pathlib import Path

import pytest

from publisher.catalogue.load import load_plan, load_plans, load_queries, load_query
from publisher.catalogue.packaged import copy_catalogue
from publisher.catalogue.plan_rules import rho_a_year
from publisher.errors import UsageError
from publisher.model.codelist import TOTAL
from publisher.settings import Workspace

REPOSITORY = Workspace(Path(__file__).parents[2])

SHIPPED = {  # id -> (method, flow, cells if every combination of codes were there)
    "imports_by_commodity_origin": ("suppression", "M", 7230 * 260),
    "exports_by_commodity_destination": ("suppression", "X", 7230 * 260),
    "imports_by_office_mode": ("suppression", "M", 43 * 11),
    "duties_by_preference_chapter": ("suppression", "M", 55 * 120),
    "traders_by_chapter_region": ("dp", "M", 120 * 7),
    "declarations_by_office_mode": ("dp", "M", 43 * 11),
    "inspections_by_chapter_region": ("dp", "M", 5 * 98 * 7),
    "export_licences_by_category_destination": ("dp", "X", 18 * 259),
}


def test_every_shipped_query_loads_alone() -> None:
    files = sorted(REPOSITORY.queries.glob("*.toml"))
    assert {path.stem for path in files} >= set(SHIPPED)
    assert all(load_query(path).id == path.stem for path in files)


@pytest.mark.parametrize("id", SHIPPED)
def test_a_shipped_query_has_its_shape(id: str) -> None:
    query = load_queries(REPOSITORY)[id]
    cells = prod(len(dimension.hierarchy.codes) for dimension in query.structure.dimensions)
    assert (query.method, query.structure.flow, cells) == SHIPPED[id]


def test_every_shipped_hierarchy_is_one_tree_in_order() -> None:
    for query in load_queries(REPOSITORY).values():
        for dimension in query.structure.dimensions:
            tree = dimension.hierarchy
            assert tree.codes[0] == TOTAL
            assert [node for node, parent in enumerate(tree.parent) if parent < 0] == [0]
            order = list(zip(tree.level_of, tree.codes, strict=True))
            assert order == sorted(order)
            above = [tree.level_of[parent] for parent in tree.parent[1:]]
            assert above == [level - 1 for level in tree.level_of[1:]]
            assert {tree.level_name(leaf) for leaf in tree.leaves} == {tree.levels[-1]}


def test_the_monthly_plan_publishes_all_of_them_within_its_budget() -> None:
    """A year of editions, and a fifth of the year set aside for revisions."""
    plan = load_plan(REPOSITORY, "monthly_trade")
    queries = load_queries(REPOSITORY)
    assert set(plan.queries) == set(SHIPPED)
    assert rho_a_year(plan, [queries[id] for id in plan.queries]) == {
        "importer per calendar year": Fraction(36, 50) + Fraction(1, 5),
        "exporter per calendar year": Fraction(12, 50) + Fraction(1, 5),
    }


def test_licences_have_no_key_for_goods_without_control() -> None:
    hierarchy = load_queries(REPOSITORY)["export_licences_by_category_destination"].structure.dimensions[0].hierarchy
    assert "NONE" not in hierarchy.codes


def test_the_catalogue_is_copied_into_a_workspace_of_its_own(tmp_path: Path) -> None:
    written = copy_catalogue(tmp_path)
    assert all(path.is_file() and path.is_relative_to(tmp_path) for path in written)
    assert set(load_plans(Workspace(tmp_path))) == {"monthly_trade"}
    assert load_queries(Workspace(tmp_path)).keys() == load_queries(REPOSITORY).keys()


def test_copying_overwrites_nothing(tmp_path: Path) -> None:
    plan = tmp_path / "releases" / "monthly_trade" / "plan.toml"
    plan.parent.mkdir(parents=True)
    plan.write_text("mine")
    with pytest.raises(UsageError):
        copy_catalogue(tmp_path)
    assert plan.read_text() == "mine"
    assert not (tmp_path / "queries").exists()
