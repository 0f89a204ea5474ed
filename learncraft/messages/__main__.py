"""Brings the catalogues up to date with the code: `python -m learncraft.messages`."""

from __future__ import annotations

import sys

from learncraft.messages import catalogues
from learncraft.messages.collecting import collect

collected = collect()
for language in catalogues.TRANSLATED:
    catalogues.update(language, collected)
    left = list(catalogues.faults(language, collected))
    sys.stdout.write(f"{language}: {len(collected.files)} messages, {len(left)} to look at\n")
