"""releases/<series>/<period>/standing.js: which version of a period is the newest, and whether it holds.

Sealed pages load it (script/standing.js), because they cannot know what comes after them. It is data, one call with a
number and a truth value: what such a page can be made to say stands in the page itself, and is sealed with it.
"""

from publisher.publication.script import call
from publisher.publication.site.series import Site


def write_standing(site: Site) -> None:
    for series in site.series:
        for period in series.periods:
            newest, holds = series.of(period)[0], site.standing(series, period) is not None
            path = site.folder / "releases" / series.id / period / "standing.js"
            path.write_bytes(call("publisherStanding", newest.ref.version, holds))
