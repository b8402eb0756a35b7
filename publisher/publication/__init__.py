"""What a reader gets: data files, metadata, web pages. Made from ProtectedTable and public texts alone.

The verbs are imported when they are asked for: most commands of the command line need one of them, or none.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.publication.edition import write_edition
    from publisher.publication.serve import serve
    from publisher.publication.site.write import write_site

__all__ = ["serve", "write_edition", "write_site"]
_WHERE = {"serve": "serve", "write_edition": "edition", "write_site": "site.write"}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
