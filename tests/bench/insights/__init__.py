"""Scores the detection of insights, and the measured effects, against what the simulator planted."""
