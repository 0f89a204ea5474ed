"""Fills a database with invented, skewed data in any size, for measuring."""
