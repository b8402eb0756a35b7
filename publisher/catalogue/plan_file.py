"""One releases/<series>/plan.toml -> Plan. Notes every fault; returns None where there is one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from publisher.catalogue.frequency import FREQUENCIES, MONTHLY
from publisher.catalogue.plan import Limits, Plan, Revision
from publisher.catalogue.plan_rules import check_together
from publisher.catalogue.query import Query
from publisher.catalogue.release_sections import (
    read_access,
    read_approval,
    read_arrival,
    read_people,
    read_revision_policy,
)
from publisher.catalogue.schedule_section import check_first_due, read_schedule
from publisher.catalogue.section import Section, shown_path
from publisher.errors import Fault


def read_plan(
    path: Path, data: Mapping[str, object], names: Sequence[str], queries: Mapping[str, Query], faults: list[Fault]
) -> Plan | None:
    """`names` are the ids of all query files, `queries` those among them without fault."""
    before = len(faults)
    file = Section(f"{shown_path(path)}: ", data, faults)
    frequency = file.choice("frequency", tuple(FREQUENCIES))
    written = FREQUENCIES[frequency or MONTHLY]
    plan = Plan(
        id=file.choice("id", (path.parent.name,)),
        title=file.text("title"),
        summary=file.text("summary"),
        frequency=frequency,
        first_period=file.matching("first_period", written.pattern, written.example),
        queries=file.texts("queries", names),
        schedule=read_schedule(file.section("schedule")),
        rho_per_year=Fraction(0),
        approvals=1,
    )
    plan = _with_release_rules(plan, file)
    if plan.first_period:
        check_first_due(file, plan)
    if frequency in ("", MONTHLY):
        plan = _with_limits(plan, file)
    file.close()
    check_together(file, plan, [queries[id] for id in plan.queries if id in queries])
    return plan if len(faults) == before else None


def _with_release_rules(plan: Plan, file: Section) -> Plan:
    """Who releases it, what is released again, who has it early, when its data must be in."""
    approval = read_approval(file.section("approval"))
    return replace(
        plan,
        approvals=approval.approvals,
        withdrawals=approval.withdrawals,
        unattended_build=approval.unattended_build,
        people=read_people(file, approval),
        revision_policy=read_revision_policy(file),
        arrival=read_arrival(file, plan.schedule),
        access=read_access(file),
    )


def _with_limits(plan: Plan, file: Section) -> Plan:
    """What a series that measures may spend: [privacy] and [[revision]]. Any other has neither section."""
    privacy = file.section("privacy")
    limited = replace(
        plan,
        rho_per_year=privacy.fraction("rho_per_year", at_most=100),
        rho_lifetime=privacy.fraction("rho_lifetime", at_most=10_000) if privacy.has("rho_lifetime") else None,
        revision_reserve=_read_reserve(privacy, "revision_reserve"),
        query_reserves=_read_reserves(privacy, plan.queries),
        revisions=tuple(_read_revision(one, plan.queries) for one in _revisions(file)),
        band=_read_band_limits(privacy.section("band")) if privacy.has("band") else None,
    )
    privacy.close()
    return limited


def _read_lifetime(section: Section) -> Fraction | None:
    return section.fraction("rho_lifetime", at_most=10_000) if section.has("rho_lifetime") else None


def _read_band_limits(section: Section) -> Limits:
    """[privacy.band]"""
    limits = Limits(
        rho_per_year=section.fraction("rho_per_year", at_most=100),
        rho_lifetime=_read_lifetime(section),
        revision_reserve=_read_reserve(section, "revision_reserve"),
    )
    section.close()
    return limits


def _read_reserve(section: Section, key: str) -> Fraction:
    return section.fraction(key, at_most=100) if section.has(key) else Fraction(0)


def _read_reserves(privacy: Section, queries: Sequence[str]) -> dict[str, Fraction]:
    """[privacy.reserve]: query -> what it can count on in a year."""
    if not privacy.has("reserve"):
        return {}
    section = privacy.section("reserve")
    reserves = {query: section.fraction(query, at_most=100) for query in queries if section.has(query)}
    section.close()
    return reserves


def _revisions(file: Section) -> tuple[Section, ...]:
    return file.sections("revision") if file.has("revision") else ()


def _read_revision(section: Section, queries: Sequence[str]) -> Revision:
    revision = Revision(
        period=section.matching("period", FREQUENCIES[MONTHLY].pattern, FREQUENCIES[MONTHLY].example),
        queries=section.texts("queries", queries),
        reason=section.text("reason"),
    )
    section.close()
    return revision
