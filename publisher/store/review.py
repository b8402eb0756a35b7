"""Items with an implausible unit value, for a person to look at. They count until they are corrected."""

from dataclasses import asdict, dataclass
from typing import Any

from publisher.store.batches import batch_name
from publisher.store.connection import Store
from publisher.store.statements import statement

# Unit values are heavy-tailed even on a log scale: the textbook limit of 3.5 would flag several per cent.
SCREEN_LIMIT = 6.0
SCREEN_MINIMUM = 20
SCREEN_FLOOR = 0.25  # of the median absolute deviation: nothing within 9 times the median is flagged


@dataclass(frozen=True)
class ReviewItem:
    """`times_median`: the item's value per mass over the median of its kind. Confidential: for the office's eyes."""

    batch: str
    file: str
    row_number: int
    flow: str
    commodity: str
    score: float
    times_median: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def review_list(store: Store, *, limit: int = 1000) -> tuple[ReviewItem, ...]:
    """Flagged items that still count, the most striking first."""
    rows = store.connection.execute(statement("review_list"), {"limit": limit}).fetchall()
    return tuple(ReviewItem(batch_name(number), *rest) for number, *rest in rows)
