"""Content decides what a file is; its name chooses only among kinds of text."""

from __future__ import annotations

import gzip
import random

import pytest

from twolane.documents import ReadStatus
from twolane.extract.base import Refused, Source
from twolane.extract.detect import detect

from .made import doc, ole, pdf, picture, ppt, raw_docx, zipped  # type: ignore[import-not-found]
