"""What happens to a file: read, classify, embed, fields; each is one kind of job in a registry of steps.

Why it is so: docs/why/house.md#ingest-stands-between-the-lanes.
"""

from twolane.ingest.earlier import queue_earlier
from twolane.ingest.fields import FactsModel
from twolane.ingest.steps import ingest_steps
from twolane.work import CLASSIFY, EMBED, FIELDS

__all__ = ["CLASSIFY", "EMBED", "FIELDS", "FactsModel", "ingest_steps", "queue_earlier"]
