"""The insight report: a page per line of business and week, for somebody who has five minutes.

Belongs here: choosing and wording what the published marts already say, and drawing it. Does not belong
here: numbers that no mart holds (`dbt_project/`), and Dagster (`orchestration.publication`). It reads the
published file only, so that small cells stay blanked; `python -m orchestration.report` makes the pages again.
"""
