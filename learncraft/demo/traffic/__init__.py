"""Invented traffic: millions of learning events with the shape of real ones, to measure with."""

from __future__ import annotations

from enum import StrEnum


class Target(StrEnum):
    """Where the events go."""

    CLICKHOUSE = "clickhouse"
    POSTGRES = "postgres"
    BOTH = "both"
