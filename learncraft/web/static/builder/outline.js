// The outline: modules, the lessons of the one that is open, and everything that is done to them, by pointer or keys.

import { button, element, icon } from "./elements.js";
import { talk, why } from "./talk.js";
import { spoken } from "./words.js";

const KEYS = spoken("Arrow keys go through the outline, Enter opens, F2 renames, Delete deletes. With Alt, arrow keys move.");

export function outlineOf(root, data, { open, opened, renamed, typed, grown }) {
  let told = data.outline;
  let focused = null; // the row that the keyboard is at
  let menuOf = null;
  let renaming = null;
  let field = null; // where the new title is typed: it stays while the outline is drawn anew
  let isDrawing = false;
  let dragged = null;
  const list = element("ul", { className: "tree", aria: { role: "tree", label: spoken("Outline of the course") } });
  const said = element("p", { className: "note", aria: { role: "status" } });
  const aloud = element("div", { className: "hidden", aria: { live: "polite" } });
  const bin = element("details", { className: "bin" });
  const adding = element("div", { className: "row-buttons" });
  root.append(list, adding, said, bin, element("p", { className: "note keys", textContent: KEYS }), aloud);

  // --- what the server knows --------------------------------------------------------------------------------

  async function change(message, words) {
    said.replaceChildren();
    const answer = await talk(`/authoring/courses/${data.course}/outline`, { open: told.module, ...message });
    if (answer.status !== 200) {
      said.textContent = why(answer);
      await reload(told.module);
      return null;
    }
    take(answer);
    if (words) aloud.textContent = words;
    draw();
    return answer;
  }

  // What the server tells may be older than the title that is being typed.
  function take(answer) {
    told = answer;
    const now = typed();
    const lesson = now && lessonOf(now.id);
    if (lesson) lesson.title = now.title;
  }

  async function reload(module) {
    const query = module ? `?module=${module}` : "";
    const answer = await talk(`/authoring/courses/${data.course}/outline${query}`);
    if (answer.status === 200) take(answer);
    else said.textContent = why(answer);
    draw();
  }

  async function more() {
    const last = told.lessons.at(-1);
    const answer = await talk(`/authoring/courses/${data.course}/outline?module=${told.module}&after=${last.place}`);
    if (answer.status === 200) told = { ...told, lessons: [...told.lessons, ...answer.lessons] };
    draw();
  }

  // --- places -----------------------------------------------------------------------------------------------

  const lessonOf = (id) => told.lessons.find((one) => one.id === id);
  const depthOf = (lesson) => (lesson?.parent ? 1 + depthOf(lessonOf(lesson.parent)) : 0);
  const siblings = (parent) => told.lessons.filter((one) => one.parent === parent);
  const isInside = (id, other) => id === other || (lessonOf(id)?.parent ? isInside(lessonOf(id).parent, other) : false);

  function move(id, target, words) {
    const lesson = lessonOf(id);
    focused = id;
    return change({ do: "move", kind: "lesson", id, ...target }, words ?? spoken("{title} is moved.", { title: lesson?.title ?? spoken("The lesson") }));
  }

  function moveByKey(row, direction) {
    if (told.frozen) return;
    if (row.kind === "module") {
      const at = told.modules.findIndex((one) => one.id === row.id);
      const to = direction === "up" ? at - 1 : at + 1;
      if (!["up", "down"].includes(direction) || to < 0 || to >= told.modules.length) return;
      const before = told.modules[direction === "up" ? to : to + 1]?.id ?? null;
      change({ do: "move", kind: "module", id: row.id, before }, spoken("Module {title}, place {place}.", { title: told.modules[at].title, place: to + 1 }));
      return;
    }
    const lesson = lessonOf(row.id);
    const among = siblings(lesson.parent);
    const at = among.indexOf(lesson);
    const here = { module: told.module };
    if (direction === "up" && at > 0) move(row.id, { ...here, parent: lesson.parent, before: among[at - 1].id });
    else if (direction === "down" && at < among.length - 1) {
      move(row.id, { ...here, parent: lesson.parent, before: among[at + 2]?.id ?? null });
    } else if (direction === "in" && at > 0) {
      move(row.id, { ...here, parent: among[at - 1].id, before: null }, spoken("{title} is nested in {other}.", { title: lesson.title, other: among[at - 1].title }));
    } else if (direction === "out" && lesson.parent) {
      const parent = lessonOf(lesson.parent);
      const around = siblings(parent.parent);
      move(row.id, { ...here, parent: parent.parent, before: around[around.indexOf(parent) + 1]?.id ?? null });
    } else if (["up", "down"].includes(direction) && !lesson.parent) {
      const module = told.modules.findIndex((one) => one.id === told.module) + (direction === "up" ? -1 : 1);
      const target = told.modules[module];
      if (target) moveToModule(row.id, target);
    }
  }

  async function moveToModule(id, module) {
    const title = lessonOf(id)?.title;
    focused = id;
    await change(
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
    if (told.frozen) return;
    line.draggable = true;
    line.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.id);
      event.stopPropagation();
    });
    line.addEventListener("dragend", () => {
      dragged = null;
      list.querySelectorAll("[data-drop]").forEach((one) => delete one.dataset.drop);
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
      const order = told.modules.map((one) => one.id).filter((id) => id !== what.id);
      const at = order.indexOf(row.id) + (where === "after" ? 1 : 0);
      change({ do: "move", kind: "module", id: what.id, before: order[at] ?? null }, spoken("The module is moved."));
    } else if (row.kind === "module") {
      moveToModule(what.id, told.modules.find((one) => one.id === row.id));
    } else if (where === "inside") {
      move(what.id, { module: told.module, parent: row.id, before: null });
    } else {
      const { parent } = lessonOf(row.id);
      const among = siblings(parent).map((one) => one.id).filter((id) => id !== what.id);
      const at = among.indexOf(row.id) + (where === "after" ? 1 : 0);
      move(what.id, { module: told.module, parent, before: among[at] ?? null });
    }
  }

  // --- what is done to a row --------------------------------------------------------------------------------

  async function remove(row, title) {
    const done = await change({ do: "delete", kind: row.kind, id: row.id }, spoken("{title} is deleted.", { title }));
    if (!done) return;
    const back = button(spoken("Undo"), "undo", () => restore(row), { kind: "small" });
    said.replaceChildren(spoken("“{title}” is deleted.", { title }), " ", back);
    back.focus();
    if (opened() === row.id || (row.kind === "module" && told.module === null)) open(null);
  }

  async function restore(row) {
    const done = await change({ do: "restore", kind: row.kind, id: row.id }, spoken("It is back."));
    if (done) said.replaceChildren();
  }

  async function add(kind, extra = {}) {
    const title = kind === "module" ? spoken("New module") : spoken("New lesson");
    const done = await change({ do: "add", kind, title, ...extra }, spoken("{title} is added.", { title }));
    if (!done) return;
    focused = renaming = done.made;
    if (kind === "module") await reload(done.made);
    else draw();
    if (kind === "lesson") open(done.made);
    else grown();
  }

  async function rename(row, title) {
    renaming = field = null;
    const before = row.kind === "module" ? told.modules.find((one) => one.id === row.id).title : lessonOf(row.id).title;
    if (!title.trim() || title.trim() === before) {
      draw();
      return;
    }
    if (row.kind === "lesson") {
      lessonOf(row.id).title = title.trim();
      draw();
      if (await renamed(row.id, title.trim())) return; // its editor is open, and saves it
    }
    await change({ do: "rename", kind: row.kind, id: row.id, title });
  }

  function menu(row, title) {
    const act = (words, name, press) => {
      const made = button(words, name, () => {
        menuOf = null;
        draw();
        press();
      });
      made.setAttribute("role", "menuitem");
      return made;
    };
    const items = [
      act(spoken("Rename"), "edit", () => {
        renaming = row.id;
        draw();
      }),
      row.kind === "lesson" && act(spoken("Add a lesson below it"), "subdirectory_arrow_right", () => add("lesson", { module: told.module, parent: row.id })),
      act(spoken("Duplicate"), "content_copy", () => change({ do: "copy", kind: row.kind, id: row.id }, spoken("It is copied."))),
      act(spoken("Move up"), "arrow_upward", () => moveByKey(row, "up")),
      act(spoken("Move down"), "arrow_downward", () => moveByKey(row, "down")),
      row.kind === "lesson" && act(spoken("Nest under the one above"), "format_indent_increase", () => moveByKey(row, "in")),
      row.kind === "lesson" && lessonOf(row.id)?.parent && act(spoken("Take out one level"), "format_indent_decrease", () => moveByKey(row, "out")),
      act(spoken("Delete"), "delete", () => remove(row, title)),
    ];
    const made = element("div", { className: "menu", aria: { role: "menu" } }, ...items.filter(Boolean));
    made.addEventListener("keydown", (event) => {
      const all = [...made.children];
      const at = all.indexOf(made.getRootNode().activeElement);
      if (event.key === "Escape") {
        menuOf = null;
        draw();
      } else if (event.key === "ArrowDown") all[(at + 1) % all.length].focus();
      else if (event.key === "ArrowUp") all[(at - 1 + all.length) % all.length].focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    setTimeout(() => made.firstChild?.focus());
    return made;
  }

  // --- drawing ----------------------------------------------------------------------------------------------

  function keys(event, row, title) {
    const alt = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" }[event.key];
    if (event.altKey && alt) moveByKey(row, alt);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "ArrowRight" && row.kind === "module" && told.module !== row.id) reload(row.id);
    else if (event.key === "ArrowLeft" && row.kind === "module" && told.module === row.id) reload(null);
    else if (event.key === "ArrowLeft" && row.kind === "lesson") focusOn(lessonOf(row.id).parent ?? told.module);
    else if (event.key === "Enter" && row.kind === "module") reload(told.module === row.id ? null : row.id);
    else if (event.key === "Enter") open(row.id);
    else if (event.key === "F2" && !told.frozen) {
      renaming = row.id;
      draw();
    } else if (event.key === spoken("Delete") && !told.frozen) remove(row, title);
    else return;
    event.preventDefault();
  }

  const lines = () => [...list.querySelectorAll(".line")];

  function step(by) {
    const all = lines();
    const at = all.findIndex((line) => line.dataset.id === focused);
    focusOn(all[Math.min(Math.max(at + by, 0), all.length - 1)]?.dataset.id);
  }

  function focusOn(id) {
    focused = id;
    for (const line of lines()) line.tabIndex = line.dataset.id === id ? 0 : -1;
    lines().find((line) => line.dataset.id === id)?.focus();
  }

  function line(row, title, marks, depth) {
    const made = element("div", {
      className: `line ${row.kind}`,
      data: { id: row.id },
      tabIndex: -1,
      aria: { role: "treeitem", level: depth + 1, selected: String(opened() === row.id) },
    });
    made.style.setProperty("--depth", depth);
    if (row.kind === "module") made.setAttribute("aria-expanded", String(told.module === row.id));
    if (opened() === row.id) made.classList.add("open");
    if (renaming === row.id) {
      if (field?.dataset.id !== row.id) field = titleField(row, title);
      made.append(field);
      return made;
    }
    const shown = element("span", { className: "title", textContent: title, title });
    made.append(icon(row.kind === "module" ? (told.module === row.id ? "expand_more" : "chevron_right") : "drag_indicator"), shown, ...marks);
    if (!told.frozen) {
      const more = button("", "more_vert", (event) => {
        event.stopPropagation();
        menuOf = menuOf === row.id ? null : row.id;
        draw();
      }, { kind: "bare", label: spoken("What to do with {title}", { title }) });
      more.setAttribute("aria-haspopup", "menu");
      more.addEventListener("keydown", (event) => event.stopPropagation());
      made.append(more);
    }
    made.addEventListener("click", () => {
      focused = row.id;
      if (row.kind === "module") reload(told.module === row.id ? null : row.id);
      else open(row.id);
    });
    made.addEventListener("keydown", (event) => event.target === made && keys(event, row, title));
    dragging(made, row);
    return made;
  }

  function titleField(row, title) {
    const input = element("input", { type: "text", value: title, maxLength: 500, data: { id: row.id }, aria: { label: spoken("Title") } });
    let isDone = false;
    const end = (value) => {
      if (isDone || isDrawing) return;
      isDone = true;
      focused = row.id;
      rename(row, value);
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

  function mark(name, words) {
    return element("span", { className: "mark", title: words }, icon(name), element("span", { className: "hidden", textContent: words }));
  }

  function draw() {
    const hadFocus = list.contains(list.getRootNode().activeElement);
    const caret = field && [field.selectionStart, field.selectionEnd];
    const isTyping = field !== null && field === list.getRootNode().activeElement;
    isDrawing = true; // the field leaves its old line, which is no end of typing
    const rows = [];
    for (const module of told.modules) {
      const row = { kind: "module", id: module.id };
      const facts = element("span", { className: "facts", textContent: `${module.lessons}` });
      facts.title =
        module.lessons === 1
          ? spoken("1 lesson, {minutes} min", { minutes: module.minutes })
          : spoken("{lessons} lessons, {minutes} min", module);
      rows.push(element("li", { aria: { role: "none" } }, line(row, module.title, [module.hidden && mark("visibility_off", spoken("hidden from learners")), facts].filter(Boolean), 0), menuOf === module.id && menu(row, module.title)));
      if (told.module === module.id) rows.push(...lessonsOf(module));
    }
    list.replaceChildren(...rows);
    if (isTyping && field.isConnected) {
      field.focus({ preventScroll: true });
      field.setSelectionRange(...caret);
    }
    isDrawing = false;
    adding.replaceChildren(...(told.frozen ? [] : [button(spoken("Add a module"), "add", () => add("module"), { kind: "small" })]));
    binned();
    const all = lines();
    const at = all.find((one) => one.dataset.id === focused) ?? all[0];
    if (at) at.tabIndex = 0;
    if (hadFocus && !menuOf && !renaming) at?.focus({ preventScroll: true });
  }

  function lessonsOf(module) {
    const rows = told.lessons.map((lesson) => {
      const row = { kind: "lesson", id: lesson.id };
      const marks = [
        lesson.empty && mark("draft", spoken("empty")),
        lesson.hidden && mark("visibility_off", spoken("hidden from learners")),
        lesson.free && mark("lock_open", spoken("free preview")),
        lesson.changed && !lesson.empty && mark("edit_note", spoken("not published as it is")),
      ].filter(Boolean);
      return element("li", { aria: { role: "none" } }, line(row, lesson.title, marks, 1 + depthOf(lesson)), menuOf === lesson.id && menu(row, lesson.title));
    });
    if (told.lessons.length < module.lessons) {
      rows.push(element("li", {}, button(spoken("Show more of {lessons} lessons", module), "expand_more", more, { kind: "small" })));
    }
    if (!told.frozen) {
      rows.push(element("li", { className: "adding" }, button(spoken("Add a lesson"), "add", () => add("lesson", { module: module.id }), { kind: "small" })));
    }
    return rows;
  }

  function binned() {
    if (!told.gone.length || told.frozen) {
      bin.replaceChildren();
      bin.hidden = true;
      return;
    }
    bin.hidden = false;
    const items = told.gone.map((one) =>
      element("li", {}, element("span", { textContent: one.title }), button(spoken("Bring back"), "undo", () => restore(one), { kind: "small", label: spoken("Bring back {title}", one) })),
    );
    bin.replaceChildren(element("summary", { textContent: spoken("Deleted ({count})", { count: told.gone.length }) }), element("ul", { className: "plain" }, ...items));
  }

  draw();
  return {
    draw,
    size: () => told.modules.length,
    show: (module) => (told.module === module ? draw() : reload(module)),
    update(fresh) {
      told = fresh;
      draw();
    },
    retitle(id, title, isEmpty) {
      const lesson = lessonOf(id);
      if (lesson && isEmpty !== undefined && lesson.empty !== isEmpty) {
        Object.assign(lesson, { title, empty: isEmpty, changed: true });
        draw();
        return;
      }
      if (!lesson || lesson.title === title || renaming === id) return;
      lesson.title = title;
      const shown = lines().find((one) => one.dataset.id === id)?.querySelector(".title");
      if (shown) shown.textContent = title;
    },
  };
}
