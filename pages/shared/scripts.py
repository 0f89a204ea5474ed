"""Components whose scripts lie in learncraft/web/static: mounted by a few lines that load them, again while offline."""

from __future__ import annotations

from typing import Any

import streamlit as st

from learncraft.web import scripts

_LOADER = """
const address = location.origin + "{address}";
const name = "{name}";

function load(times) {
  const all = (window.learncraftScripts ??= {});
  return (all[name] ??= import(address + (times ? `?again=${times}` : "")).catch((error) => {
    delete all[name];
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
    address = scripts.address(folder, name)
    loader = _LOADER.replace("{address}", address).replace("{name}", f"{folder}/{name}")
    return st.components.v2.component(f"learncraft_{folder}_{name.partition('.')[0]}", js=loader)
