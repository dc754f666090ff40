"""Coding drills: the catalogue, the learner's workspace, and the grader."""
