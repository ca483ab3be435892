"""Who writes in, when, and about what.

Belongs here: creation instants with their daily and weekly shape per market, campaigns and incidents;
drivers; the requester and what follows from who they are.
Does not belong here: what happens to a ticket afterwards (`lives.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from ingestion.simulator import world
from ingestion.simulator.incidents import FIX, Incident
from ingestion.simulator.model import Model
from ingestion.simulator.steps import DAY, HOUR, SECOND

# share of contacts per local hour of the day and per weekday (Monday first)
_HOURS = np.array([2, 1, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 8, 8, 7, 6, 4, 3], dtype=float)
_DAYS = np.array([1.18, 1.1, 1.05, 1.0, 0.98, 0.83, 0.86])


@dataclass
class Tickets:
    """The tickets of a chunk in order of creation; arrays of vocabulary codes unless said otherwise."""

    number: np.ndarray  # number of the ticket in the whole site
    created: np.ndarray  # microseconds
    requester: np.ndarray  # number of the person
    line: np.ndarray
    reason: np.ndarray
    market: np.ndarray
    language: np.ndarray
    segment: np.ndarray
    channel: np.ndarray
    minor: np.ndarray  # bool
    incident: np.ndarray  # position in the model's incidents, -1 for none

    def __len__(self) -> int:
        return len(self.created)


def mix(number: np.ndarray, salt: int) -> np.ndarray:
    """A fixed pseudo-random share in [0, 1) per number: what a person is does not depend on the chunk."""
    x = (np.asarray(number).astype(np.uint64) + np.uint64(salt)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def pick(shares: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Position drawn by shares, from uniform numbers."""
    edges = np.cumsum(shares / shares.sum())
    return np.minimum(np.searchsorted(edges, uniform, side="right"), len(shares) - 1)


def reason_code(model: Model, event: Incident) -> int:
    """Vocabulary code of the contact reason an incident is about."""
    return model.vocabulary.code(event.contact_reason)


def _hour_shares(model: Model) -> np.ndarray:
    """Relative number of contacts per market (rows) and UTC hour since the start (columns)."""
    hours = (model.as_of - model.start) // HOUR
    table = np.zeros((len(world.MARKETS), hours))
    campaigns = model.plan.rng(4)
    lift = np.ones(hours)
    for _ in range(max(1, hours // (24 * 45))):
        begin = int(campaigns.integers(0, max(1, hours - 96)))
        lift[begin : begin + 96] *= campaigns.uniform(1.15, 1.5)
    growth = 1 + 0.15 * np.arange(hours) / hours
    for n, market in enumerate(world.MARKETS.values()):
        zone = ZoneInfo(market.zone)
        for day in range(0, hours, 24):
            # the offset at noon stands for the whole UTC day: arrivals need no exactness
            offset = datetime.fromtimestamp((model.start + day * HOUR) // SECOND + 43_200, UTC).astimezone(
                zone
            )
            shift = offset.utcoffset()
            assert shift is not None
            local = np.arange(day, min(day + 24, hours)) + int(shift.total_seconds() // 3600)
            table[n, day : day + 24] = _HOURS[local % 24] * _DAYS[(local // 24) % 7]
    return table * lift * growth


class Arrivals:
    """Draws the tickets of each chunk."""

    def __init__(self, model: Model) -> None:
        self.model = model
        words = model.vocabulary
        self.markets = words.codes(list(world.MARKETS))
        self.languages = words.codes(list(world.LANGUAGES))
        self.main_language = words.codes([m.language for m in world.MARKETS.values()])
        self.english = words.code("en")
        self.main_share = np.array([m.main for m in world.MARKETS.values()])
        self.market_share = np.array([m.share for m in world.MARKETS.values()])
        self.segments = words.codes(list(world.SEGMENTS))
        self.channels = words.codes(list(world.CHANNELS))
        self.channel_share = np.array(list(world.CHANNELS.values()))
        drivers = [
            (line, reason, share * part)
            for line, (_, _, share, _, reasons) in world.LINES.items()
            for reason, part in reasons.items()
        ]
        self.driver_line = words.codes([d[0] for d in drivers])
        self.driver_reason = words.codes([d[1] for d in drivers])
        self.driver_share = np.array([d[2] for d in drivers])
        self.minor_share = np.zeros(len(words))
        for line, (_, _, _, minors, _) in world.LINES.items():
            self.minor_share[words.code(line)] = minors
        table = _hour_shares(model)
        self.hour_edges = np.cumsum(table / table.sum(axis=1, keepdims=True), axis=1)
        self.hour_edges += np.arange(len(table))[:, None]  # one sorted array serves all markets

    def within(
        self, event: Incident, created: np.ndarray, reason: np.ndarray, market: np.ndarray
    ) -> np.ndarray:
        """Which contacts are of the driver and window of an incident."""
        inside = (created >= event.starts_at) & (created < event.starts_at + event.days * DAY)
        inside &= reason == reason_code(self.model, event)
        return (
            inside if event.market is None else inside & (market == self.model.vocabulary.code(event.market))
        )

    def _extra_contacts(
        self,
        chunk: int,
        created: np.ndarray,
        market: np.ndarray,
        line: np.ndarray,
        reason: np.ndarray,
        rng: np.random.Generator,
    ) -> int:
        """Turn the first tickets of a chunk into its share of the incidents' extra contacts; how many."""
        model, chunks, place = self.model, self.model.plan.chunks, 0
        for event in model.incidents:
            extra = event.extra // chunks + (chunk < event.extra % chunks)
            some = slice(place, place := min(len(created), place + extra))
            seconds = (rng.random(some.stop - some.start) * event.days * 86_400).astype(np.int64)
            created[some] = event.starts_at + seconds * SECOND
            line[some] = model.vocabulary.code(event.line_of_business)
            reason[some] = reason_code(model, event)
            if event.market is not None:
                market[some] = list(world.MARKETS).index(event.market)
        return place

    def draw(self, chunk: int) -> Tickets:
        """The tickets of one chunk, in order of creation."""
        model, plan = self.model, self.model.plan
        rng = plan.rng(10, chunk)
        n = plan.chunk_size(chunk)
        requester = (plan.requesters * rng.random(n) ** 1.9).astype(np.int64)
        market = pick(self.market_share, mix(requester, 1))
        driver = pick(self.driver_share, rng.random(n))
        hours = np.searchsorted(self.hour_edges.ravel(), market + rng.random(n))
        created = model.start + (hours % self.hour_edges.shape[1]) * HOUR
        created += (rng.random(n) * 3600).astype(np.int64) * SECOND
        line, reason = self.driver_line[driver], self.driver_reason[driver]
        extra = self._extra_contacts(chunk, created, market, line, reason, rng)
        # a few exports run on after as_of: such tickets do not exist for the marts
        late = (rng.random(n) < 0.0015) & (np.arange(n) >= extra)
        created[late] = model.as_of + rng.integers(1, 86_400, late.sum()) * SECOND
        fraction = rng.random(n) < 0.03
        created[fraction] += rng.integers(1, SECOND, fraction.sum())
        created = np.maximum(created, model.start)
        incident = np.full(n, -1)
        for k, event in enumerate(model.incidents):
            hit = self.within(event, created, reason, self.markets[market])
            if event.kind == FIX:
                # the problem is gone, so its contacts are about something else now
                gone = np.flatnonzero(hit & (rng.random(n) < event.lift))
                others = np.where(self.driver_reason == reason_code(model, event), 0, self.driver_share)
                other = pick(others, rng.random(len(gone)))
                line[gone], reason[gone] = self.driver_line[other], self.driver_reason[other]
                hit[gone] = False
            incident[hit] = k
        speaks_main = mix(requester, 2) < self.main_share[market]
        order = np.argsort(created, kind="stable")
        return Tickets(
            number=np.arange(n, dtype=np.int64) * plan.chunks + chunk + 1,
            created=created[order],
            requester=requester[order],
            line=line[order],
            reason=reason[order],
            market=self.markets[market][order],
            language=np.where(speaks_main, self.main_language[market], self.english)[order],
            segment=self.segments[pick(np.array(list(world.SEGMENTS.values())), mix(requester, 3))][order],
            channel=self.channels[pick(self.channel_share, rng.random(n))][order],
            minor=(mix(requester, 4) < 0.03)[order] | (rng.random(n) < self.minor_share[line[order]]),
            incident=incident[order],
        )
