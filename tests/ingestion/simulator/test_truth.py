"""The truth agrees with itself, with the process that drew the data, and with the independent reference."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ingestion.simulator import write_site
from ingestion.simulator.clock import micros
from tests.ingestion.simulator.conftest import Simulated, open_site
from tests.ingestion.simulator.delivered import truth_of_site
from tests.reference import random_sites
from tests.reference.oracle import key_of, work_out_folder

Marts = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


def differences(found: Marts, wanted: Marts) -> list[str]:
    """Rows and values of the truth that are not the reference's; columns only one side knows are left out."""
    wrong = []
    for mart, rows in wanted.items():
        mine = found.get(mart, {})
        wrong += [f"{mart} {key}: only one has it" for key in rows.keys() ^ mine.keys()]
        for key in rows.keys() & mine.keys():
            for column in rows[key].keys() & mine[key].keys():
                want, have = rows[key][column], mine[key][column]
                close = isinstance(want, float) and isinstance(have, float) and abs(want - have) < 1e-6
                if not close and want != have:
                    wrong.append(f"{mart} {key} {column}: reference {want}, truth {have}")
    return wrong


def keyed(tables: dict[str, list[dict[str, Any]]]) -> Marts:
    """Rows by mart and key; instants as microseconds, like the reference has them."""
    marts: Marts = {}
    for mart, rows in tables.items():
        for row in rows:
            plain = {k: micros(v) if isinstance(v, datetime) else v for k, v in row.items()}
            marts.setdefault(mart, {})[key_of(mart, plain)] = plain
    return marts


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_truth_of_hostile_sites_is_that_of_the_reference(tmp_path: Path, seed: int) -> None:
    folder = random_sites.write(random_sites.generate(Random(seed), 80), tmp_path)
    found: Marts = {}
    for truth in truth_of_site(folder):
        tables = {
            mart: [
                dict(zip(columns, values, strict=True))
                for values in zip(*(c.to_pylist() for c in columns.values()), strict=True)
            ]
            for mart, columns in truth.tables().items()
        }
        for mart, rows in keyed(tables).items():
            found.setdefault(mart, {}).update(rows)
    wanted = work_out_folder(folder)[1]
    assert len(wanted["fct_tickets"]) > 50
    assert not differences(found, wanted)


def test_truth_of_a_simulated_site_is_that_of_the_reference(tmp_path: Path) -> None:
    written = open_site(tmp_path, write_site(tmp_path, tickets=300, seed=21, weeks=20))
    tables: dict[str, list[dict[str, Any]]] = {}
    for mart in ("fct_tickets", "fct_ticket_segments", "fct_replies", "fct_ticket_sla"):
        names = [name for name, *_ in written.sql.execute(f"describe truth_{mart}").fetchall()]
        rows = written.sql.execute(f"from truth_{mart}").fetchall()
        tables[mart] = [dict(zip(names, row, strict=True)) for row in rows]
    found = keyed(tables)
    # the reference reads CSV only
    form = "'%Y-%m-%dT%H:%M:%S.%fZ'"
    data = tmp_path / "helpdesk"
    for entity, instants in (
        ("tickets", ("created_at", "updated_at")),
        ("ticket_events", ("occurred_at", "recorded_at")),
    ):
        texts = ", ".join(f"strftime({name}, {form}) as {name}" for name in instants)
        written.sql.execute(
            f"copy (select * replace ({texts}) from {entity}) to '{data}/{entity}.csv' (header)"
        )
    assert not differences(found, work_out_folder(tmp_path)[1])


ALWAYS = {
    "holders share out the age or the time to the last solve": """
        from truth_fct_tickets
        where abs(t1_seconds_calendar + t2_seconds_calendar + queue_seconds_calendar
                  + requester_held_seconds_calendar + solved_gap_seconds_calendar
                  - coalesce(age_seconds_calendar, full_resolution_seconds_calendar)) > 1e-6""",
    "a ticket is open and has an age, or is solved and has a resolution": """
        from truth_fct_tickets
        where (age_seconds_calendar is null) = (full_resolution_seconds_calendar is null)""",
    "business time is no longer than calendar time": """
        from truth_fct_ticket_segments where seconds_business > seconds_calendar or seconds_business < 0""",
    "segments follow each other": """
        from (select *, lead(valid_from) over w as next_from, lag(segment_no, 1, 0) over w as before
              from truth_fct_ticket_segments window w as (partition by ticket_id order by segment_no))
        where valid_to is distinct from next_from or segment_no <> before + 1 or valid_to <= valid_from""",
    "the first reply is a reply, and the first": """
        from truth_fct_tickets t join truth_fct_replies r on r.ticket_id = t.ticket_id and r.is_first_reply
        where r.replied_at <> t.first_replied_at""",
    "every reply is counted": """
        from truth_fct_tickets t
        left join (select ticket_id, count(*) as replies from truth_fct_replies group by 1) r
          using (ticket_id)
        where t.agent_reply_count <> coalesce(r.replies, 0)""",
    "breached is over target, met is not": """
        from truth_fct_ticket_sla
        where (status = 'breached') <> is_breached or (breached_at is null) = is_breached
           or ((elapsed_seconds > target_seconds) <> is_breached and elapsed_seconds is not null)""",
    "due lies ahead, or where it was breached": """
        from truth_fct_ticket_sla
        where due_at is not null and due_at is distinct from breached_at
          and not (status = 'active' and due_at >= timestamptz '2026-06-29 06:00:00Z')""",
    "every instance has one final version, and no gap in its versions": """
        from (select ticket_id, metric, instance_no from truth_fct_ticket_sla
              group by all having count(*) filter (where is_final) <> 1 or max(version_no) <> count(*))""",
    "no instant of a ticket lies after as_of": """
        from truth_fct_tickets
        where greatest(created_at, first_replied_at, last_solved_at, closed_at)
              > timestamptz '2026-06-29 06:00:00Z'""",
    "spam has no SLA": """
        from truth_fct_ticket_sla s join truth_fct_tickets t using (ticket_id)
        where t.exclusion_reason = 'spam'""",
}


@pytest.mark.parametrize("claim", ALWAYS)
def test_it_always_holds_that(site: Simulated, claim: str) -> None:
    assert site.value(f"select count(*) {ALWAYS[claim]}") == 0


def test_the_invariants_are_not_empty(site: Simulated) -> None:
    for table in (
        "fct_tickets",
        "fct_ticket_segments",
        "fct_replies",
        "fct_ticket_sla",
        "fct_csat_responses",
        "fct_appeals",
        "fct_quality_reviews",
    ):
        assert site.value(f"select count(*) from truth_{table}") > 150


def test_each_change_starts_from_what_the_one_before_left(site: Simulated) -> None:
    """The process drew the old values; the truth is worked out without them."""
    broken = site.value(
        """select count(*) from (
             select old_value, lag(new_value) over w as before, row_number() over w as n
             from (select distinct on (event_id) * from ticket_events order by event_id, recorded_at desc)
             where event_type = 'field_change'
             window w as (partition by ticket_id, field order by occurred_at, sequence_no, event_id))
           where n > 1 and old_value is distinct from before"""
    )
    assert (
        broken <= 3
    )  # a spam or delete in between never matters; a corrected event may have been the one shown


def test_surveys_belong_to_the_solve_before_them(site: Simulated) -> None:
    assert site.value("select count(*) from truth_fct_csat_responses where solved_at > sent_at") == 0
    assert site.value("select avg((solved_at is not null)::int) from truth_fct_csat_responses") > 0.99
    latest = """select survey_id, arg_max(score, recorded_at) filter (where score is not null) as score
                from csat_responses where recorded_at <= timestamptz '2026-06-29 06:00:00Z' group by 1"""
    assert (
        site.value(
            f"select count(*) from ({latest}) r join truth_fct_csat_responses t using (survey_id) "
            "where r.score is distinct from t.score"
        )
        == 0
    )
    assert site.value("select count(*) from truth_fct_csat_responses where is_rerated") > 5


def test_review_scores_follow_from_the_ratings(site: Simulated) -> None:
    worked_out = """
        select review_id, sum(weight * rating / scale_max) / sum(weight) as raw,
               bool_or(is_critical and rating / scale_max < 0.5) as failed
        from (select * from quality_ratings where rating is not null)
        join quality_reviews using (review_id)
        join (select rubric_id, version::int as rubric_version, category_id, weight::double as weight,
                     scale_max::double as scale_max, is_critical::bool as is_critical from rubrics)
          using (rubric_id, rubric_version, category_id)
        group by 1"""
    assert (
        site.value(
            f"""select count(*) from truth_fct_quality_reviews t left join ({worked_out}) w using (review_id)
            where abs(t.raw_score - w.raw) > 1e-9 or (t.raw_score is null) <> (w.raw is null)
               or t.is_auto_failed <> coalesce(w.failed, false)
               or t.score <> case when w.failed then 0 else t.raw_score end"""
        )
        == 0
    )
    assert site.value("select count(*) from truth_fct_quality_reviews where is_auto_failed") > 0
