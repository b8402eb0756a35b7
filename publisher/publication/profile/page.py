"""profile_page(): one commodity or partner over all periods, from the cells of the editions that stand."""

from publisher.model.codelist import Code
from publisher.publication.contexts import Link
from publisher.publication.level_names import level_name
from publisher.publication.profile.all import ROOT, Profiles
from publisher.publication.profile.contexts import ProfileGroup, ProfilePage, ProfilesPage
from publisher.publication.profile.growth_map import growth_maps
from publisher.publication.profile.room import ROOMS, Room
from publisher.publication.profile.table import profile_table
from publisher.publication.profile.words import finer_title, kind_lead, kind_title
from publisher.publication.tables.display import HEADLINE_LENGTH, short_name


def profile_page(profiles: Profiles, folder: str, code: str, room: Room = ROOMS[0]) -> ProfilePage:
    """The page of a code that has one."""
    codes, words = profiles.kinds[folder], profiles.words
    kind, found = codes.kind, codes.codes[code]
    name = profiles.name(kind.codelist, found)
    above = (
        Link(short_name(profiles.name(kind.codelist, each), HEADLINE_LENGTH), f"{each.code}.html")
        for each in codes.above(code)
    )
    tables = (table for table in codes.tables if code in codes.of_table[table.id])
    described = words.gettext(
        "Published figures on %(name)s (%(code)s), over time.", name=short_name(name), code=code
    )
    below = codes.below(code)
    return ProfilePage(
        frame=profiles.frame(
            short_name(name), described, folder, (Link(kind_title(kind, words), "index.html"), *above)
        ),
        name=name,
        tag=f"{code} · {level_name(found.level, words)}",
        tables=tuple(profile_table(profiles, codes, table, code, room) for table in tables),
        shortened=room != ROOMS[0],
        maps=() if codes.above(code) else growth_maps(profiles, codes, below, below=code, most=room.columns),
        finer_title=finer_title(kind, words),
        finer=tuple(_link(profiles, folder, each) for each in below),
        explain=f"{ROOT}methodology.html",
    )


def profiles_page(profiles: Profiles, folder: str) -> ProfilesPage:
    """The list of all pages of a kind: the coarsest level, and what lies right below each code of it."""
    codes, words = profiles.kinds[folder], profiles.words
    kind = codes.kind
    coarse = [code for code in codes.codes.values() if not codes.above(code.code)]
    return ProfilesPage(
        frame=profiles.frame(kind_title(kind, words), kind_lead(kind, words), folder, ()),
        title=kind_title(kind, words),
        lead=kind_lead(kind, words),
        maps=growth_maps(profiles, codes, coarse),
        groups=tuple(
            ProfileGroup(
                _link(profiles, folder, code), tuple(_link(profiles, folder, each) for each in codes.below(code.code))
            )
            for code in coarse
        ),
        explain=f"{ROOT}methodology.html",
    )


def _link(profiles: Profiles, folder: str, code: Code) -> Link:
    name = short_name(profiles.name(profiles.kinds[folder].kind.codelist, code))
    return Link(type(name)(f"{code.code} {name}"), f"{code.code}.html")
