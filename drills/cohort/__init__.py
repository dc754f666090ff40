"""Grading a class: who handed in what, a ledger of verdicts, local graders or a cluster, results for people and programs."""
