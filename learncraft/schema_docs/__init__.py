"""Pages about the schema, made from the models: `python -m learncraft.schema_docs` writes them into docs/."""
