"""Where a life stands, which decides what can happen next.

Belongs here: the phases, and nothing else.
"""

from __future__ import annotations

WORKING, WAITING, HELD, SOLVED, DONE = range(5)
"""In work, waiting for the requester, waiting for another team, solved, over."""
