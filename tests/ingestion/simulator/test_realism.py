"""The simulated organisation looks like one, and everything that is planted is there."""

from __future__ import annotations

import pytest

from ingestion.simulator import world
from tests.ingestion.simulator.conftest import Simulated

EXISTING = "(select distinct on (ticket_id) * from tickets order by ticket_id, updated_at desc)"


def test_all_lines_tiers_and_vendors_take_part(site: Simulated) -> None:
    shares = dict(
        site.sql.execute(
            f"select line_of_business, count(*) / sum(count(*)) over () from {EXISTING} group by 1"
        ).fetchall()
    )
    assert shares.keys() == world.LINES.keys()
    for line, (_, _, share, *_) in world.LINES.items():
        assert shares[line] == pytest.approx(share, abs=0.05)
    assert site.value("select count(distinct team_id) from agents") >= 10
    held = dict(
        site.sql.execute(
            "select vendor, count(*) from truth_fct_ticket_segments where assignee_id is not null group by 1"
        ).fetchall()
    )
    assert {*world.VENDORS, world.IN_HOUSE} <= held.keys()


def test_contacts_follow_the_working_week_and_the_sun(site: Simulated) -> None:
    per_day = [
        n
        for _, n in sorted(
            site.sql.execute(f"select isodow(created_at), count(*) from {EXISTING} group by 1").fetchall()
        )
    ]
    assert max(per_day[:5]) > 1.2 * min(per_day[5:])
    hour = "hour(created_at at time zone 'America/Sao_Paulo')"
    night, evening = (
        site.value(f"select count(*) from {EXISTING} where market = 'BR' and {hour} between {a} and {b}")
        for a, b in ((2, 5), (18, 21))
    )
    assert evening > 3 * night


def test_requesters_are_skewed(site: Simulated) -> None:
    people = site.value(f"select count(distinct requester_id) from {EXISTING}")
    most = site.value(
        f"select sum(n) from (select count(*) as n from {EXISTING} group by requester_id "
        f"order by n desc limit {people // 10})"
    )
    assert most > 0.2 * 5_000
    assert 0.25 * 5_000 < people < 0.8 * 5_000


@pytest.mark.parametrize(
    ("what", "low", "high"),
    [
        ("avg((agent_reply_count = 0)::int)", 0.02, 0.3),
        ("avg((reopen_count > 0)::int)", 0.03, 0.3),
        ("avg((escalation_count > 0)::int)", 0.02, 0.3),
        ("avg((bounce_count > 0)::int)", 0.002, 0.1),
        ("avg(is_excluded::int)", 0.02, 0.08),
        ("avg(has_clock_skew::int)", 0.001, 0.02),
        ("avg((status_category not in ('solved', 'closed'))::int)", 0.01, 0.1),
        ("avg((business_null_reason is not null)::int)", 0.002, 0.08),
        ("avg(is_zero_touch::int)", 0.01, 0.2),
        ("avg(is_one_touch::int)", 0.1, 0.6),
        ("median(first_reply_seconds_calendar) / 3600", 0.5, 24),
        ("avg(coalesce(age_seconds_calendar > 100 * 86400, false)::int)", 0.0002, 0.01),
    ],
)
def test_shares_are_believable(site: Simulated, what: str, low: float, high: float) -> None:
    assert low < site.value(f"select {what} from truth_fct_tickets") < high


@pytest.mark.parametrize(
    "metric",
    [
        "first_reply",
        "next_reply",
        "periodic_update",
        "pausable_update",
        "requester_wait",
        "agent_work",
        "total_resolution",
    ],
)
def test_every_metric_is_met_and_breached(site: Simulated, metric: str) -> None:
    rows = f"from truth_fct_ticket_sla where metric = '{metric}'"
    rate = site.value(f"select avg((status = 'met')::int) {rows} and status in ('met', 'breached')")
    assert 0.2 < rate < 0.98
    assert site.value(f"select count(*) {rows} and end_reason = 'superseded'") > 0


def test_every_end_and_status_occurs(site: Simulated) -> None:
    ends = {r for (r,) in site.sql.execute("select distinct end_reason from truth_fct_ticket_sla").fetchall()}
    assert ends == {"fulfilled", "solved", "superseded", "merged", "deleted", None}
    statuses = {s for (s,) in site.sql.execute("select distinct status from truth_fct_ticket_sla").fetchall()}
    assert statuses == {"active", "paused", "met", "breached", "cancelled"}
    reasons = {
        r for (r,) in site.sql.execute("select distinct exclusion_reason from truth_fct_tickets").fetchall()
    }
    assert reasons == {"deleted", "spam", "merged", None}


def test_planted_defects_are_there(site: Simulated) -> None:
    as_of = "timestamptz '2026-06-29 06:00:00Z'"
    for planted in (
        "from ticket_events group by event_id having count(*) > 1 and count(distinct recorded_at) = 1",
        "from ticket_events group by event_id having count(distinct recorded_at) > 1",
        f"from ticket_events where occurred_at > {as_of}",
        f"from tickets where created_at > {as_of}",
        "from tickets group by ticket_id having count(*) > 1",
        "from ticket_events where microsecond(occurred_at) % 1000000 <> 0",
        "from ticket_events group by ticket_id, occurred_at, sequence_no having count(distinct event_id) > 1",
        f"from {EXISTING} where merged_into is not null and ticket_id not in "
        "(select ticket_id from ticket_events where event_type = 'merge')",
        f"from {EXISTING} where schedule_id not in (select schedule_id from schedules)",
        "from csat_responses where score is null",
        "from csat_responses where scale_max = '1'",
        "from appeals where round = 2",
        "from appeals where body = 'ods'",
        "from appeals where outcome is null",
        "from truth_fct_appeals where not is_admissible",
        "from decisions where restored_reason = 'own_initiative'",
        "from quality_reviews where purpose = 'calibration'",
    ):
        assert site.value(f"select count(*) from (select 1 {planted})") > 0, planted


def test_canaries_stand_in_delivered_texts(site: Simulated) -> None:
    canaries = site.sql.execute("select kind, value from truth_canaries").fetchall()
    assert {kind for kind, _ in canaries} == {"email", "phone", "handle", "url", "minor"}
    found = site.value(
        "select count(distinct value) from truth_canaries, ticket_events where position(value in body) > 0"
    )
    assert found > 0.5 * len(canaries)


@pytest.mark.parametrize("text", ["ticket_events.body", "tickets.subject", "csat_responses.comment"])
def test_only_children_tell_what_only_children_tell(site: Simulated, text: str) -> None:
    table, column = text.split(".")
    telling = f"from {table} x join {EXISTING} t using (ticket_id) where x.{column} like '%minorcanary%'"
    assert site.value(f"select count(*) {telling}") > 0
    assert site.value(f"select count(*) {telling} and not t.is_minor") == 0


def test_incidents_have_the_contacts_that_are_claimed(site: Simulated) -> None:
    claimed = site.sql.execute("from truth_incidents").fetchall()
    assert len(claimed) == 6
    counted = site.sql.execute(
        f"""select incident_id, any_value(i.contacts)::int, count(distinct t.ticket_id)
            from truth_incidents i join {EXISTING} t
              on t.contact_reason = i.contact_reason and t.created_at >= i.starts_at::timestamptz
             and t.created_at < i.starts_at::timestamptz + i.days::int * interval '1 day'
            where i.market is null group by 1"""
    ).fetchall()
    assert counted
    for _, contacts, seen in counted:
        assert seen == contacts


def test_surveys_are_answered_by_some(site: Simulated) -> None:
    assert 0.15 < site.value("select avg((score is not null)::int) from truth_fct_csat_responses") < 0.45
    by_language = dict(
        site.sql.execute(
            """select c.language, avg((t.score is not null)::int) from truth_fct_csat_responses t
           join (select distinct on (survey_id) survey_id, language from csat_responses) c using (survey_id)
           group by 1"""
        ).fetchall()
    )
    assert by_language["ja"] < by_language["en"]
    satisfied = site.value("select avg(is_satisfied::int) from truth_fct_csat_responses")
    assert 0.5 < satisfied < 0.9


def test_a_fix_lowers_the_contacts_of_its_driver(site: Simulated) -> None:
    usual, lift, seen = site.sql.execute(
        "select usual::double, lift::double, contacts::int from truth_incidents where kind = 'fix'"
    ).fetchone() or (0, 0, 0)
    assert 0.25 <= lift <= 0.5
    assert seen == pytest.approx(usual * (1 - lift), rel=0.25)
