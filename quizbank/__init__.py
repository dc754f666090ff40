"""Questions, the learner's record and the schedule: no terminal, no torch."""
