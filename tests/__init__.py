"""Tests mirror the folders of the repository; `reference/` holds the independent brute-force oracle."""
