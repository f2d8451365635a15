"""Which of some criteria fits a text: the user's own categories, or others that whoever asks describes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping

from twolane.filing.cascade import Cascade
from twolane.filing.taxonomy import Category, Taxonomy

_MOST_KEPT = 16


class Criteria:
    """Chooses among criteria; safe to use from several threads.

    Those that are exactly the ids of the user's taxonomy, or none at all, are answered by the library's own
    cascade with all that it has learned. Others get a cascade that knows nothing but them, and the newest of
    these are kept: their vectors and the small model's bias are computed once.
    """

    def __init__(
        self,
        taxonomy: Callable[[], Taxonomy],
        own: Callable[[], Cascade],
        other: Callable[[Taxonomy], Cascade],
    ) -> None:
        self._taxonomy = taxonomy
        self._own = own
        self._other = other
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Cascade] = OrderedDict()

    def shares(self, text: str, criteria: Mapping[str, str]) -> dict[str, float]:
        """Return the probability of each criterion; `criteria` says what each means, "" where its name does.

        Raises `TaxonomyError` where two are called the same, and the `ModelError` of the models.
        """
        own = {leaf.id for leaf in self._taxonomy().leaves().categories}
        if not criteria or criteria.keys() == own:
            return {score.category: score.probability for score in self._own().classify(text).scores}
        if len(criteria) == 1:
            return dict.fromkeys(criteria, 1.0)
        # Ids of their own: twolane's rules for a category of the same name are not what was asked for.
        ids = {f"criterion-{number}": name for number, name in enumerate(criteria)}
        taxonomy = Taxonomy.from_categories(
            Category(place, name, criteria[name]) for place, name in ids.items()
        )
        scores = self._cascade(taxonomy).classify(text).scores
        found = {ids[score.category]: score.probability for score in scores}
        return {name: found[name] for name in criteria}

    def _cascade(self, taxonomy: Taxonomy) -> Cascade:
        with self._lock:
            cascade = self._kept.pop(taxonomy.digest, None) or self._other(taxonomy)
            self._kept[taxonomy.digest] = cascade
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            return cascade
