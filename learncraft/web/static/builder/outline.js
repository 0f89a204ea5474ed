// The outline: modules, the lessons of the one that is open, and everything that is done to them, by pointer or keys.

import { button, element } from "./elements.js";
import { mark, rowsOf } from "./rows.js";
import { talk, why } from "./talk.js";
import { spoken } from "./words.js";

const KEYS = spoken("Arrow keys go through the outline, Enter opens, F2 renames, Delete deletes. With Alt, arrow keys move.");

const DOUBLE_CLICK = 600; // ms in which a second click is no wish for a second one

export function outlineOf(root, data, { open, opened, renamed, typed, grown }) {
  const list = element("ul", { className: "tree", aria: { role: "tree", label: spoken("Outline of the course") } });
  const said = element("p", { className: "note", aria: { role: "status" } });
  const aloud = element("div", { className: "hidden", aria: { live: "polite" } });
  const bin = element("details", { className: "bin" });
  const adding = element("div", { className: "row-buttons" });
  root.append(list, adding, said, bin, element("p", { className: "note keys", textContent: KEYS }), aloud);

  // What the rows and their moves share.
  const tree = {
    told: data.outline, // what the server said last
    focused: null, // the row that the keyboard is at
    menuOf: null,
    movingOut: null, // whose menu lists the other modules
    renaming: null,
    field: null, // where the new title is typed: it stays while the outline is drawn anew
    isDrawing: false,
    isDragging: false,
    isStale: false, // something came while a row was dragged: browsers end a drag whose row is drawn anew
    list,
    lessonOf: (id) => tree.told.lessons.find((one) => one.id === id),
    add,
    change,
    draw,
    duplicate,
    open,
    opened,
    reload,
    remove,
    rename,
  };
  const { lessonOf } = tree;
  const { focusOn, line, lines, menu } = rowsOf(tree);
  const depthOf = (lesson) => (lesson?.parent ? 1 + depthOf(lessonOf(lesson.parent)) : 0);

  // --- what the server knows --------------------------------------------------------------------------------

  async function change(message, words) {
    said.replaceChildren();
    const answer = await talk(`/authoring/courses/${data.course}/outline`, { open: tree.told.module, ...message });
    if (answer.status !== 200) {
      said.textContent = why(answer);
      await reload(tree.told.module);
      return null;
    }
    take(answer);
    if (words) aloud.textContent = words;
    draw();
    return answer;
  }

  // What the server tells may be older than the title that is being typed.
  function take(answer) {
    tree.told = answer;
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
    const last = tree.told.lessons.at(-1);
    const answer = await talk(`/authoring/courses/${data.course}/outline?module=${tree.told.module}&after=${last.place}`);
    if (answer.status === 200) tree.told = { ...tree.told, lessons: [...tree.told.lessons, ...answer.lessons] };
    draw();
  }

  // --- what is done to a row --------------------------------------------------------------------------------

  async function remove(row, title) {
    const done = await change({ do: "delete", kind: row.kind, id: row.id }, spoken("{title} is deleted.", { title }));
    if (!done) return;
    const back = button(spoken("Undo"), "undo", () => restore(row), { kind: "small" });
    said.replaceChildren(spoken("“{title}” is deleted.", { title }), " ", back);
    back.focus();
    if (opened() === row.id || (row.kind === "module" && tree.told.module === null)) open(null);
  }

  async function restore(row) {
    const done = await change({ do: "restore", kind: row.kind, id: row.id }, spoken("It is back."));
    if (done) said.replaceChildren();
  }

  let added = { kind: "", at: -Infinity };
  async function add(kind, extra = {}) {
    if (added.kind === kind && performance.now() - added.at < DOUBLE_CLICK) return;
    added = { kind, at: performance.now() };
    const title = kind === "module" ? spoken("New module") : spoken("New lesson");
    const done = await change({ do: "add", kind, title, ...extra }, spoken("{title} is added.", { title }));
    if (!done) return;
    tree.focused = tree.renaming = done.made;
    if (kind === "module") await reload(done.made);
    else draw();
    if (kind === "lesson") open(done.made);
    else grown();
  }

  async function duplicate(row) {
    const done = await change({ do: "copy", kind: row.kind, id: row.id }, spoken("It is copied."));
    if (!done) return;
    tree.focused = done.made;
    draw();
    focusOn(done.made);
  }

  async function rename(row, title) {
    tree.renaming = tree.field = null;
    added.at = -Infinity; // who has named what was added may well add another at once
    const before = row.kind === "module" ? tree.told.modules.find((one) => one.id === row.id).title : lessonOf(row.id).title;
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

  // --- drawing ----------------------------------------------------------------------------------------------

  function draw() {
    tree.isStale = tree.isDragging;
    if (tree.isDragging) return;
    const hadFocus = list.contains(list.getRootNode().activeElement);
    const caret = tree.field && [tree.field.selectionStart, tree.field.selectionEnd];
    const isTyping = tree.field !== null && tree.field === list.getRootNode().activeElement;
    tree.isDrawing = true; // the field leaves its old line, which is no end of typing
    const rows = [];
    for (const module of tree.told.modules) {
      const row = { kind: "module", id: module.id };
      const facts = element("span", { className: "facts", textContent: `${module.lessons}` });
      facts.title =
        module.lessons === 1
          ? spoken("1 lesson, {minutes} min", { minutes: module.minutes })
          : spoken("{lessons} lessons, {minutes} min", module);
      rows.push(element("li", { aria: { role: "none" } }, line(row, module.title, [module.hidden && mark("visibility_off", spoken("hidden from learners")), facts].filter(Boolean), 0), tree.menuOf === module.id && menu(row, module.title)));
      if (tree.told.module === module.id) rows.push(...lessonsOf(module));
    }
    list.replaceChildren(...rows);
    if (isTyping && tree.field.isConnected) {
      tree.field.focus({ preventScroll: true });
      tree.field.setSelectionRange(...caret);
    }
    tree.isDrawing = false;
    adding.replaceChildren(...(tree.told.frozen ? [] : [button(spoken("Add a module"), "add", () => add("module"), { kind: "small" })]));
    binned();
    const all = lines();
    const at = all.find((one) => one.dataset.id === tree.focused) ?? all[0];
    if (at) at.tabIndex = 0;
    if (hadFocus && !tree.menuOf && !tree.renaming) at?.focus({ preventScroll: true });
  }

  function lessonsOf(module) {
    const rows = tree.told.lessons.map((lesson) => {
      const row = { kind: "lesson", id: lesson.id };
      const marks = [
        lesson.empty && mark("draft", spoken("empty")),
        lesson.hidden && mark("visibility_off", spoken("hidden from learners")),
        lesson.free && mark("lock_open", spoken("free preview")),
        lesson.changed && !lesson.empty && mark("edit_note", spoken("not published as it is")),
      ].filter(Boolean);
      return element("li", { aria: { role: "none" } }, line(row, lesson.title, marks, 1 + depthOf(lesson)), tree.menuOf === lesson.id && menu(row, lesson.title));
    });
    if (tree.told.lessons.length < module.lessons) {
      rows.push(element("li", {}, button(spoken("Show more of {lessons} lessons", module), "expand_more", more, { kind: "small" })));
    }
    if (!tree.told.frozen) {
      rows.push(element("li", { className: "adding" }, button(spoken("Add a lesson"), "add", () => add("lesson", { module: module.id }), { kind: "small" })));
    }
    return rows;
  }

  function binned() {
    if (!tree.told.gone.length || tree.told.frozen) {
      bin.replaceChildren();
      bin.hidden = true;
      return;
    }
    bin.hidden = false;
    const items = tree.told.gone.map((one) =>
      element("li", {}, element("span", { textContent: one.title }), button(spoken("Bring back"), "undo", () => restore(one), { kind: "small", label: spoken("Bring back {title}", one) })),
    );
    bin.replaceChildren(element("summary", { textContent: spoken("Deleted ({count})", { count: tree.told.gone.length }) }), element("ul", { className: "plain" }, ...items));
  }

  draw();
  return {
    draw,
    size: () => tree.told.modules.length,
    show: (module) => (tree.told.module === module ? draw() : reload(module)),
    update(fresh) {
      tree.told = fresh;
      draw();
    },
    retitle(id, title, isEmpty) {
      const lesson = lessonOf(id);
      if (lesson && isEmpty !== undefined && lesson.empty !== isEmpty) {
        Object.assign(lesson, { title, empty: isEmpty, changed: true });
        draw();
        return;
      }
      if (!lesson || lesson.title === title || tree.renaming === id) return;
      lesson.title = title;
      const shown = lines().find((one) => one.dataset.id === id)?.querySelector(".title");
      if (shown) shown.textContent = title;
    },
  };
}
