"""What has been decided about documents: their classifications."""

from __future__ import annotations

import json

from twolane.documents import Classification
from twolane.store.nouns.transaction import Transaction
from twolane.text.full_text import clean


class DecisionWriter(Transaction):
    """Obeys `twolane.store.base.DecisionWriter`."""

    def save_classification(self, document: str, classification: Classification) -> None:
        found = self._session.row("documents.lock", hash=document)
        if found is None:
            return  # the file has changed since, and nothing has this content any more
        document_id = found["document_id"]
        self._session.run(
            "decisions.classify",
            document_id=document_id,
            category=clean(classification.category),
            confidence=classification.confidence,
            tier=classification.tier.value,
            reason=clean(classification.reason),
            review=classification.review,
            scores=json.dumps([(score.category, score.probability) for score in classification.scores]),
            seconds=classification.seconds,
            taxonomy=classification.taxonomy,
        )
        self._session.run("decisions.settle_document", document_id=document_id)
