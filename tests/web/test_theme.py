"""The theme's contrast, measured as WCAG 2.2 does, and its twins in the style sheet of the sign-in pages."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from streamlit import config

from learncraft.paths import root

THEME: dict[str, Any] = tomllib.loads((root() / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
STYLE = (root() / "learncraft" / "web" / "static" / "auth.css").read_text(encoding="utf-8")
DARK_STYLE = (root() / "learncraft" / "web" / "static" / "dark.css").read_text(encoding="utf-8")
HUES = ("red", "orange", "yellow", "green", "blue", "violet", "gray")


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_is_readable_on_every_ground_it_stands_on(name: str) -> None:
    theme = THEME[name]
    grounds = [theme["backgroundColor"], theme["secondaryBackgroundColor"], theme["sidebar"]["backgroundColor"]]
    pairs = [(theme[text], ground) for text in ("textColor", "linkColor") for ground in grounds]
    for hue in HUES:
        pairs += [(theme[f"{hue}TextColor"], ground) for ground in (*grounds, theme[f"{hue}BackgroundColor"])]
    poor = {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < 4.5}
    assert poor == {}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_accent_bears_white_text_and_is_seen_on_the_ground(name: str) -> None:
    """Streamlit writes white on primary buttons in both themes."""
    theme = THEME[name]
    assert contrast("#FFFFFF", theme["primaryColor"]) >= 4.5
    assert contrast(theme["primaryColor"], theme["backgroundColor"]) >= 3


@pytest.mark.parametrize("name", ["light", "dark"])
def test_series_of_charts_are_seen_on_the_ground(name: str) -> None:
    colours = THEME[name].get("chartCategoricalColors", THEME.get("chartCategoricalColors"))
    assert len(set(colours)) == 8
    # Filled areas and labelled lines; a name stands beside every colour, so less than text's contrast will do.
    assert min(contrast(colour, THEME[name]["backgroundColor"]) for colour in colours) >= 2


def test_every_option_is_one_that_streamlit_knows() -> None:
    def names(table: dict[str, Any], prefix: str) -> list[str]:
        found = []
        for key, value in table.items():
            found += names(value, f"{prefix}{key}.") if isinstance(value, dict) else [f"{prefix}{key}"]
        return found

    whole = tomllib.loads((root() / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert [name for name in names(whole, "") if name not in config._config_options_template] == []


def test_the_sign_in_pages_have_the_themes_colours() -> None:
    for sheet, name in ((STYLE, "light"), (DARK_STYLE, "dark")):
        values = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", sheet))
        theme = THEME[name]
        assert values["text"] == theme["textColor"].lower()
        assert values["link"] == theme["linkColor"].lower()
        assert {values["ground"], values["card"]} == {
            theme["backgroundColor"].lower(),
            theme["secondaryBackgroundColor"].lower(),
        }
        grounds = (values["ground"], values["card"])
        assert (
            min(contrast(values[text], ground) for text in ("text", "soft", "link", "bad") for ground in grounds) > 4.5
        )
        assert min(contrast(values["edge"], ground) for ground in grounds) >= 3
        assert contrast(values["on-accent"], values["accent"]) >= 4.5
        assert contrast(values["bad"], values["bad-ground"]) >= 4.5
