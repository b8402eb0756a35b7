"""SiteCells: every published cell of the editions that stand, as typed columns; what joins periods is made of it."""

from publisher.publication.cells.site_cells import SiteCells
from publisher.publication.cells.tables import Numbers, Part, SiteTable

__all__ = ["Numbers", "Part", "SiteCells", "SiteTable"]
