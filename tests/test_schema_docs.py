"""The pages about the schema say what the schema is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from sqlalchemy import Table

from learncraft import schema
from learncraft.db import Base
from learncraft.schema_docs.__main__ import stale
from learncraft.schema_docs.areas import areas, meaning, paragraphs, parents
from learncraft.schema_docs.overview import COLUMNS
from learncraft.schema_docs.pages import pages

ROOT = Path(__file__).parent.parent
TABLES = list(schema.tables().values())


def test_the_pages_are_what_the_models_say() -> None:
    assert stale(ROOT / "docs") == [], "run python -m learncraft.schema_docs"


def test_the_pages_come_out_the_same_in_every_process() -> None:
    script = "import hashlib; from learncraft.schema_docs.pages import pages; "
    script += "print(hashlib.sha256(repr(pages()).encode()).hexdigest())"
    runs = [
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


def test_a_page_that_was_not_written_again_is_noticed(tmp_path: Path) -> None:
    for name, page in pages().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(page, encoding="utf-8")
    assert stale(tmp_path) == []
    (tmp_path / "data-dictionary.md").write_text("old", encoding="utf-8")
    (tmp_path / "schema" / "overview.svg").unlink()
    assert sorted(stale(tmp_path)) == ["data-dictionary.md", "schema/overview.svg"]


def test_every_table_and_column_says_what_it_means() -> None:
    models = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    for table in TABLES:
        assert paragraphs(models[table].__doc__), table.name
        assert [column.name for column in table.columns if not meaning(column)] == [], table.name


def test_every_table_stands_in_one_diagram_and_in_the_overview() -> None:
    drawn = [text.table.name for area in areas() for text in area.tables]
    assert sorted(drawn) == sorted(table.name for table in TABLES)
    picture = ElementTree.fromstring(pages()["schema/overview.svg"])
    words = {text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {table.name for table in TABLES} <= words


def test_the_diagrams_draw_every_foreign_key_in_words_that_mermaid_takes() -> None:
    for area in areas():
        page = pages()[f"schema/erd-{area.name}.md"]
        block = page.split("```mermaid\n")[1].split("```")[0]
        relation = r'    \w+ (\|\||\|o)--(o\{|o\|) \w+ : "[\w, ]+"'
        field = r"        [a-z0-9_\[\]]+ \w+( (PK|FK|UK)(, (PK|FK|UK))*)?"
        for line in block.splitlines():
            assert re.fullmatch(rf"erDiagram|{relation}|    \w+ \{{|    \}}|{field}", line), line
        for text in area.tables:
            for column in text.table.columns:
                for parent in parents(column):
                    assert re.search(rf'    {parent} \S+ {text.table.name} : "', block), (parent, text.table.name)


def test_foreign_keys_point_only_to_the_own_area_or_a_lower_one() -> None:
    """Places in the overview are layers; areas of one layer know nothing of each other."""
    layer = {name: place for place, names in enumerate(COLUMNS) for name in names}
    layer |= {"study": layer["assessments"]}
    area_of: dict[Table, str] = {text.table: area.name for area in areas() for text in area.tables}
    for table, area in area_of.items():
        for key in table.foreign_keys:
            if key.column.table not in area_of:
                continue  # the job library's own
            target = area_of[key.column.table]
            assert target == area or layer[target] < layer[area], f"{table.name} refers to {key.column.table.name}"
