"""Retention: how long partitions stay in the database, and the archive they go to."""
