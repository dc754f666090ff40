"""The grader: a server forks a judge (checks, expected values) and a runner (the learner's code)."""
