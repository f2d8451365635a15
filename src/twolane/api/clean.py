"""What is sent to our own API holds only texts that a library can keep, whichever database it has.

Doors of other APIs read leniently instead: what comes in there is asked or filed, and not kept.
"""

from __future__ import annotations

from fastapi import Request

from twolane.errors import SettingsError
from twolane.text.full_text import unclean


async def clean_request(request: Request) -> None:
    """Refuse a request with a text that cannot be kept, in its address or anywhere in its JSON.

    Raises `SettingsError`.
    """
    # the framework has read JSON by now; what it has not read is a file, which may be large
    sent = await request.json() if "_json" in vars(request) else None
    if wrong := unclean([request.path_params, request.query_params.multi_items(), sent]):
        raise SettingsError(wrong, "take it out, and send it again")
