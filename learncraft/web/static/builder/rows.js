// One row of the outline: what it shows, its menu, its field for a new title, and what keys do at it.

import { button, element, icon } from "./elements.js";
import { movingOf } from "./moving.js";
import { spoken } from "./words.js";

export function rowsOf(tree) {
  const moving = movingOf(tree);

  function line(row, title, marks, depth) {
    const made = element("div", {
      className: `line ${row.kind}`,
      data: { id: row.id },
      tabIndex: -1,
      aria: { role: "treeitem", level: depth + 1, selected: String(tree.opened() === row.id) },
    });
    made.style.setProperty("--depth", depth);
    if (row.kind === "module") made.setAttribute("aria-expanded", String(tree.told.module === row.id));
    if (tree.opened() === row.id) made.classList.add("open");
    if (tree.renaming === row.id) {
      if (tree.field?.dataset.id !== row.id) tree.field = titleField(row, title);
      made.append(tree.field);
      return made;
    }
    const shown = element("span", { className: "title", textContent: title, title });
    made.append(icon(row.kind === "module" ? (tree.told.module === row.id ? "expand_more" : "chevron_right") : "drag_indicator"), shown, ...marks);
    if (!tree.told.frozen) {
      const more = button("", "more_vert", (event) => {
        event.stopPropagation();
        const wasOpen = tree.menuOf === row.id;
        shut();
        if (wasOpen) return;
        tree.menuOf = row.id;
        tree.draw();
      }, { kind: "bare", label: spoken("What to do with {title}", { title }) });
      more.setAttribute("aria-haspopup", "menu");
      more.addEventListener("keydown", (event) => event.stopPropagation());
      made.append(more);
    }
    made.addEventListener("click", () => {
      tree.focused = row.id;
      if (row.kind === "module") tree.reload(tree.told.module === row.id ? null : row.id);
      else tree.open(row.id);
    });
    made.addEventListener("keydown", (event) => event.target === made && keys(event, row, title));
    moving.dragging(made, row);
    return made;
  }

  function titleField(row, title) {
    const input = element("input", { type: "text", value: title, maxLength: 500, data: { id: row.id }, aria: { label: spoken("Title") } });
    let isDone = false;
    const end = (value) => {
      if (isDone || tree.isDrawing) return;
      isDone = true;
      tree.focused = row.id;
      tree.rename(row, value);
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") end(input.value);
      if (event.key === "Escape") end("");
    });
    input.addEventListener("click", (event) => event.stopPropagation());
    input.addEventListener("blur", () => end(input.value));
    setTimeout(() => {
      input.focus();
      input.select();
    });
    return input;
  }

  function menu(row, title) {
    const act = (words, name, press) => {
      const made = button(words, name, () => {
        shut();
        press();
      });
      made.setAttribute("role", "menuitem");
      return made;
    };
    const others = row.kind === "lesson" ? tree.told.modules.filter((one) => one.id !== tree.told.module) : [];
    const intoModules = others.map((module) => act(module.title, "folder", () => moving.moveToModule(row.id, module)));
    const items = tree.movingOut === row.id ? intoModules : [
      act(spoken("Rename"), "edit", () => {
        tree.renaming = row.id;
        tree.draw();
      }),
      row.kind === "lesson" && act(spoken("Add a lesson below it"), "subdirectory_arrow_right", () => tree.add("lesson", { module: tree.told.module, parent: row.id })),
      act(spoken("Duplicate"), "content_copy", () => tree.duplicate(row)),
      act(spoken("Move up"), "arrow_upward", () => moving.byKey(row, "up")),
      act(spoken("Move down"), "arrow_downward", () => moving.byKey(row, "down")),
      row.kind === "lesson" && act(spoken("Nest under the one above"), "format_indent_increase", () => moving.byKey(row, "in")),
      row.kind === "lesson" && tree.lessonOf(row.id)?.parent && act(spoken("Take out one level"), "format_indent_decrease", () => moving.byKey(row, "out")),
      others.length > 0 && act(spoken("Move to another module…"), "drive_file_move", () => {
        tree.menuOf = tree.movingOut = row.id;
        tree.draw();
      }),
      act(spoken("Delete"), "delete", () => tree.remove(row, title)),
    ];
    const made = element("div", { className: "menu", aria: { role: "menu" } }, ...items.filter(Boolean));
    made.addEventListener("keydown", (event) => {
      const all = [...made.children];
      const at = all.indexOf(made.getRootNode().activeElement);
      if (event.key === "Escape") shut();
      else if (event.key === "ArrowDown") all[(at + 1) % all.length].focus();
      else if (event.key === "ArrowUp") all[(at - 1 + all.length) % all.length].focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    setTimeout(() => made.firstChild?.focus());
    return made;
  }

  function shut() {
    tree.menuOf = tree.movingOut = null;
    tree.draw();
  }

  function keys(event, row, title) {
    const alt = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" }[event.key];
    if (event.altKey && alt) moving.byKey(row, alt);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "ArrowRight" && row.kind === "module" && tree.told.module !== row.id) tree.reload(row.id);
    else if (event.key === "ArrowLeft" && row.kind === "module" && tree.told.module === row.id) tree.reload(null);
    else if (event.key === "ArrowLeft" && row.kind === "lesson") focusOn(tree.lessonOf(row.id).parent ?? tree.told.module);
    else if (event.key === "Enter" && row.kind === "module") tree.reload(tree.told.module === row.id ? null : row.id);
    else if (event.key === "Enter") tree.open(row.id);
    else if (event.key === "F2" && !tree.told.frozen) {
      tree.renaming = row.id;
      tree.draw();
    } else if (event.key === "Delete" && !tree.told.frozen) tree.remove(row, title);
    else return;
    event.preventDefault();
  }

  const lines = () => [...tree.list.querySelectorAll(".line")];

  function step(by) {
    const all = lines();
    const at = all.findIndex((line) => line.dataset.id === tree.focused);
    focusOn(all[Math.min(Math.max(at + by, 0), all.length - 1)]?.dataset.id);
  }

  function focusOn(id) {
    tree.focused = id;
    for (const line of lines()) line.tabIndex = line.dataset.id === id ? 0 : -1;
    lines().find((line) => line.dataset.id === id)?.focus();
  }

  return { focusOn, line, menu, lines };
}

// A small sign behind the title, with words for those who don't see it.
export function mark(name, words) {
  return element("span", { className: "mark", title: words }, icon(name), element("span", { className: "hidden", textContent: words }));
}
