"""Tutor: what it finds answers in, what was asked and answered, and how each learner likes to be told."""
