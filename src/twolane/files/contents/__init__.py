"""The contents of files: over a shared folder, or from the blob area."""

from twolane.files.contents.base import Content, Contents
from twolane.files.contents.kept import BlobContents
from twolane.files.contents.shared import SharedContents

__all__ = ["BlobContents", "Content", "Contents", "SharedContents"]
