"""Components whose scripts lie in learncraft/web/static: mounted by a few lines that load them, again while offline."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from learncraft import language
from learncraft.web import scripts

_LOADER = """
const address = location.origin + "{address}";

function load(times) {
  const all = (window.learncraftScripts ??= {});
  return (all[address] ??= import(address + (times ? `?again=${times}` : "")).catch((error) => {
    delete all[address];
    throw error;
  }));
}

export default function (component) {
  let end = null;
  let isGone = false;
  const begin = (times) =>
    load(times).then(
      (script) => {
        if (!isGone) end = script.mount(component);
      },
      () => {
        if (!isGone) setTimeout(() => begin(times + 1), Math.min(500 * 2 ** times, 8000));
      },
    );
  begin(0);
  return () => {
    isGone = true;
    end?.();
  };
}
"""


def component(folder: str, name: str) -> Any:
    """What mounts the script `name` of a folder: call it with `key`, `data`, and `on_..._change` for its triggers."""

    def mount(**given: Any) -> Any:
        return _known(folder, name, language.current())(**given)

    return mount


@cache
def _known(folder: str, name: str, spoken: str) -> Any:
    """The component in one language, made known to Streamlit once."""
    loader = _LOADER.replace("{address}", scripts.address(folder, name))
    return st.components.v2.component(f"learncraft_{folder}_{name.partition('.')[0]}_{spoken}", js=loader)
