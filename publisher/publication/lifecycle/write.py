"""write_lifecycle(): corrections, early access, what changed and revision triangles, around the editions."""

from collections.abc import Sequence

from publisher.publication.lifecycle.access_page import access_page
from publisher.publication.lifecycle.change_pairs import changes_path, compared_pairs, withdrawn_pairs
from publisher.publication.lifecycle.changes import changes
from publisher.publication.lifecycle.changes_page import changes_page, gone_page, write_change_files
from publisher.publication.lifecycle.corrections_page import corrections_page
from publisher.publication.lifecycle.triangle_page import series_triangle, triangle_page, write_triangle_file
from publisher.publication.site.series import Site


def write_lifecycle(sites: Sequence[Site]) -> None:
    """Writes what people see of a lifecycle, from public files and the public log alone. `sites` is one site in each
    of its languages: what is computed is computed once.

    corrections.html, access.html, releases/<series>/revisions/ and releases/<series>/<period>/changes/<pair>/.
    Nothing is made from a withdrawn edition. The same editions and log give the same bytes.
    """
    for site in sites:
        site.write("corrections.html", corrections_page(site))
        site.write("access.html", access_page(site))
    _write_triangles(sites)
    _write_comparisons(sites)


def _write_triangles(sites: Sequence[Site]) -> None:
    for number, series in enumerate(sites[0].series):
        found = series_triangle(sites[0], series)
        write_triangle_file(sites[0], series, found)
        for site in sites:
            page = triangle_page(site, site.series[number], found)
            site.write(f"releases/{series.id}/revisions/index.html", page)


def _write_comparisons(sites: Sequence[Site]) -> None:
    for pairs in zip(*map(withdrawn_pairs, sites), strict=True):
        for site, pair in zip(sites, pairs, strict=True):
            site.write(f"{changes_path(pair)}index.html", gone_page(site, pair))
    for pairs in zip(*map(compared_pairs, sites), strict=True):
        old, new, path = pairs[0].old, pairs[0].new, changes_path(pairs[0])
        folder = sites[0].folder / path
        found = changes(sites[0].folder / old.path, sites[0].folder / new.path)
        write_change_files(folder, found)
        for site, pair in zip(sites, pairs, strict=True):
            site.write(f"{path}index.html", changes_page(folder, found, site, pair))
