"""True values of `fct_appeals`.

Belongs here: what is known of each complaint at as_of (SEMANTICS §4, A52).
Does not belong here: drawing complaints (`decisions.py`), the regulator's table.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingestion.simulator.columns import coded, counts, flags, seconds
from ingestion.simulator.decisions import PARTIALLY, PENDING, REVERSED, Appeals, appeal_ids


def appeal_table(appeals: Appeals, chunk: int, as_of: int, source: str) -> dict[str, pa.Array]:
    """True values of `fct_appeals`: time to decision ends at notification, else at the decision (SEMANTICS
    §4, A52)."""
    n = len(appeals)
    pending = appeals.outcome == PENDING
    end = np.where(appeals.notified <= as_of, appeals.notified, appeals.decided)
    told = appeals.decision_notified.astype("datetime64[us]")
    month = told.astype("datetime64[M]")
    # six calendar months, same day, clamped to the end of the month (A52)
    limit = month + 6
    days = told.astype("datetime64[D]") - month.astype("datetime64[D]")
    length = (limit + 1).astype("datetime64[D]") - limit.astype("datetime64[D]")
    day = limit.astype("datetime64[D]") + np.minimum(days, length - 1)
    last = (day + (told - told.astype("datetime64[D]"))).astype("datetime64[us]").astype(np.int64)
    known = appeals.decision >= 0
    return {
        "source_id": coded(np.zeros(n), pa.array([source])),
        "appeal_id": appeal_ids(chunk, np.arange(n)),
        "is_pending": flags(pending),
        "is_reversed": flags(np.isin(appeals.outcome, (REVERSED, PARTIALLY))),
        "is_admissible": flags(~known | (appeals.submitted <= last)),
        "seconds_to_decision": seconds(end - appeals.submitted, pending),
        "round": counts(appeals.round),
    }
