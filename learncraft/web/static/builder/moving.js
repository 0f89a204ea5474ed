// Where rows of the outline go: by keys, by their menu, or dragged. Each way ends in one message to the server.

import { spoken } from "./words.js";

export function movingOf(tree) {
  let dragged = null;
  const siblings = (parent) => tree.told.lessons.filter((one) => one.parent === parent);
  const isInside = (id, other) => id === other || (tree.lessonOf(id)?.parent ? isInside(tree.lessonOf(id).parent, other) : false);

  function move(id, target, words) {
    const lesson = tree.lessonOf(id);
    tree.focused = id;
    return tree.change({ do: "move", kind: "lesson", id, ...target }, words ?? spoken("{title} is moved.", { title: lesson?.title ?? spoken("The lesson") }));
  }

  function byKey(row, direction) {
    if (tree.told.frozen) return;
    if (row.kind === "module") {
      const at = tree.told.modules.findIndex((one) => one.id === row.id);
      const to = direction === "up" ? at - 1 : at + 1;
      if (!["up", "down"].includes(direction) || to < 0 || to >= tree.told.modules.length) return;
      tree.focused = row.id;
      const before = tree.told.modules[direction === "up" ? to : to + 1]?.id ?? null;
      tree.change({ do: "move", kind: "module", id: row.id, before }, spoken("Module {title}, place {place}.", { title: tree.told.modules[at].title, place: to + 1 }));
      return;
    }
    const lesson = tree.lessonOf(row.id);
    const among = siblings(lesson.parent);
    const at = among.indexOf(lesson);
    const here = { module: tree.told.module };
    if (direction === "up" && at > 0) move(row.id, { ...here, parent: lesson.parent, before: among[at - 1].id });
    else if (direction === "down" && at < among.length - 1) {
      move(row.id, { ...here, parent: lesson.parent, before: among[at + 2]?.id ?? null });
    } else if (direction === "in" && at > 0) {
      move(row.id, { ...here, parent: among[at - 1].id, before: null }, spoken("{title} is nested in {other}.", { title: lesson.title, other: among[at - 1].title }));
    } else if (direction === "out" && lesson.parent) {
      const parent = tree.lessonOf(lesson.parent);
      const around = siblings(parent.parent);
      move(row.id, { ...here, parent: parent.parent, before: around[around.indexOf(parent) + 1]?.id ?? null });
    } else if (["up", "down"].includes(direction) && !lesson.parent) {
      const module = tree.told.modules.findIndex((one) => one.id === tree.told.module) + (direction === "up" ? -1 : 1);
      const target = tree.told.modules[module];
      if (target) moveToModule(row.id, target);
    }
  }

  async function moveToModule(id, module) {
    const title = tree.lessonOf(id)?.title;
    tree.focused = id;
    await tree.change(
      { do: "move", kind: "lesson", id, module: module.id, parent: null, before: null, open: module.id },
      spoken("{title} is in {other} now.", { title, other: module.title }),
    );
  }

  // --- dragging ---------------------------------------------------------------------------------------------

  function whereOn(line, event, kind) {
    const box = line.getBoundingClientRect();
    const share = (event.clientY - box.top) / box.height;
    if (dragged.kind === "module") return kind === "module" ? (share < 0.5 ? "before" : "after") : null;
    if (kind === "module") return "inside";
    if (share < 0.3) return "before";
    return share > 0.7 ? "after" : "inside";
  }

  function dragging(line, row) {
    if (tree.told.frozen) return;
    line.draggable = true;
    line.addEventListener("dragstart", (event) => {
      dragged = row;
      tree.isDragging = true;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.id);
      event.stopPropagation();
    });
    line.addEventListener("dragend", () => {
      dragged = null;
      tree.isDragging = false;
      tree.list.querySelectorAll("[data-drop]").forEach((one) => delete one.dataset.drop);
      if (tree.isStale) tree.draw();
    });
    line.addEventListener("dragover", (event) => {
      const where = dragged && dragged.id !== row.id ? whereOn(line, event, row.kind) : null;
      if (!where || (row.kind === "lesson" && dragged.kind === "lesson" && isInside(row.id, dragged.id))) return;
      event.preventDefault();
      line.dataset.drop = where;
    });
    line.addEventListener("dragleave", () => delete line.dataset.drop);
    line.addEventListener("drop", (event) => {
      const where = line.dataset.drop;
      delete line.dataset.drop;
      if (!dragged || !where) return;
      event.preventDefault();
      dropped(dragged, row, where);
    });
  }

  function dropped(what, row, where) {
    if (what.kind === "module") {
      tree.focused = what.id;
      const order = tree.told.modules.map((one) => one.id).filter((id) => id !== what.id);
      const at = order.indexOf(row.id) + (where === "after" ? 1 : 0);
      tree.change({ do: "move", kind: "module", id: what.id, before: order[at] ?? null }, spoken("The module is moved."));
    } else if (row.kind === "module") {
      moveToModule(what.id, tree.told.modules.find((one) => one.id === row.id));
    } else if (where === "inside") {
      move(what.id, { module: tree.told.module, parent: row.id, before: null });
    } else {
      const { parent } = tree.lessonOf(row.id);
      const among = siblings(parent).map((one) => one.id).filter((id) => id !== what.id);
      const at = among.indexOf(row.id) + (where === "after" ? 1 : 0);
      move(what.id, { module: tree.told.module, parent, before: among[at] ?? null });
    }
  }

  return { byKey, dragging, moveToModule };
}
