"""Measures what pages ask of the database: recorded from the pages themselves, then timed statement by statement."""
