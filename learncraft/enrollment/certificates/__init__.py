"""Certificates: when one is due, its number, its printable page, its badge, and how others check it."""
