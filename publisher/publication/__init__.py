"""What a reader gets: data files, metadata, web pages. Made from ProtectedTable and public texts alone."""

from publisher.publication.edition import write_edition
from publisher.publication.serve import serve
from publisher.publication.site import write_site

__all__ = ["serve", "write_edition", "write_site"]
