"""Backups: what is kept of the databases and the files, for how long, and the way back to any moment of it."""
