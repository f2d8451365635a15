"""Which jobs follow on a document."""

from __future__ import annotations

from twolane.work import CLASSIFY, EMBED, FIELDS, PICTURE, READ_SLOWLY, Job, NewJob

_EARLIER = -100


def reading_slowly(job: Job) -> NewJob:
    """Return the job that reads a file at which a quick look took too long: all others go first."""
    return NewJob(READ_SLOWLY, job.key, job.file_id, job.priority - 1)


def classifying(job: Job, document: str) -> NewJob:
    """Return the job that files a document."""
    return NewJob(CLASSIFY, document, job.file_id, job.priority)


def embedding(job: Job, document: str) -> NewJob:
    """Return the job that embeds what is left of a document: filing others goes first."""
    return NewJob(EMBED, document, job.file_id, job.priority - 1)


def asking(job: Job, document: str) -> NewJob:
    """Return the job that asks the small model for a document's missing facts, after all else."""
    return NewJob(FIELDS, document, job.file_id, job.priority - 2)


def picturing(job: Job, document: str) -> NewJob:
    """Return the job that draws a small picture of a document, after all that makes it known."""
    return NewJob(PICTURE, document, job.file_id, job.priority - 3)


def drawing(document: str, file_id: int) -> NewJob:
    """Return the job that draws the facts of a document which an earlier version filed, after all others."""
    return NewJob(FIELDS, document, file_id, _EARLIER)
