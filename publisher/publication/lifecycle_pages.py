"""write_lifecycle_pages(): corrections, early access, what changed and revision triangles, around the editions."""

from publisher.publication.access_page import access_page
from publisher.publication.change_pairs import changes_path, compared_pairs, withdrawn_pairs
from publisher.publication.changes import changes
from publisher.publication.changes_page import write_changes, write_gone
from publisher.publication.corrections_page import corrections_page
from publisher.publication.pages import write_page
from publisher.publication.series import Site
from publisher.publication.triangle_page import write_triangle


def write_lifecycle_pages(site: Site) -> None:
    """Writes what people see of a lifecycle into site.folder, from public files and the public log alone.

    corrections.html, access.html, releases/<series>/revisions/ and releases/<series>/<period>/changes/<pair>/.
    Nothing is made from a withdrawn edition. The same editions and log give the same bytes.
    """
    write_page(site.folder / "corrections.html", corrections_page(site))
    write_page(site.folder / "access.html", access_page(site))
    for series in site.series:
        write_triangle(site, series)
    for pair in withdrawn_pairs(site):
        write_gone(site.folder / changes_path(pair), site, pair)
    for pair in compared_pairs(site):
        found = changes(site.folder / pair.old.path, site.folder / pair.new.path)
        write_changes(site.folder / changes_path(pair), found, site, pair)
