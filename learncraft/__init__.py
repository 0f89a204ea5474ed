"""LearnCraft: a learning platform over PostgreSQL and ClickHouse. This package never imports streamlit."""

__version__ = "0.1.0"
