"""Signing up for an offering: a staged form, a review or none, a place in a cohort or the waiting list."""
