// The blocks of a lesson: one card for each, with the fields of its type and how it will look.

import { blockFor, bringIn, filesOf } from "./bringing.js";
import { chooserOf } from "./choosing.js";
import { button, element, icon } from "./elements.js";
import { FIELDS } from "./fields.js";
import { drawFormulas } from "./formulas.js";
import { newName, talk } from "./talk.js";
import { spoken } from "./words.js";

export const TYPES = {
  markdown: [spoken("Text"), "notes"],
  html: [spoken("HTML"), "html"],
  section: [spoken("New part"), "splitscreen_top"],
  image: [spoken("Image"), "image"],
  video: [spoken("Video"), "smart_display"],
  file: [spoken("File"), "attach_file"],
  code: [spoken("Code"), "code"],
  callout: [spoken("Callout"), "info"],
  quiz: [spoken("Quiz"), "quiz"],
  lab: [spoken("Lab"), "terminal"],
  embed: [spoken("Embed"), "web_asset"],
};

export function blocksOf(root, { lesson, changed, course, questions, lab, formulas, only = Object.keys(TYPES) }) {
  let blocks = [];
  let parts = lesson.parts;
  const cards = new Map(); // id -> {card, show}
  const list = element("div", { className: "blocks" });
  const undo = element("p", { className: "note", aria: { role: "status" } });
  const kinds = () => only.map((type) => [type, ...TYPES[type]]);
  const fresh = (type) => ({ ...EMPTY, id: `${type}-${newName().slice(-12)}`, type });
  root.append(list, undo, chooserOf(spoken("Add a block"), kinds, (type) => insert(fresh(type), blocks.length)));

  const give = () => changed(blocks);
  const set = (id, values) => {
    blocks = blocks.map((one) => (one.id === id ? { ...one, ...values } : one));
    give();
    look(id);
    if ("video_id" in values) watch();
  };

  function insert(block, at) {
    blocks = [...blocks.slice(0, at), block, ...blocks.slice(at)];
    give();
    draw();
    cards.get(block.id)?.card.querySelector("textarea, input, select")?.focus();
  }

  function move(id, by) {
    const at = blocks.findIndex((one) => one.id === id);
    const to = at + by;
    if (to < 0 || to >= blocks.length) return;
    const order = [...blocks];
    order.splice(to, 0, ...order.splice(at, 1));
    blocks = order;
    give();
    draw();
    cards.get(id).card.querySelector(by < 0 ? ".up" : ".down").focus();
  }

  function remove(id) {
    const at = blocks.findIndex((one) => one.id === id);
    const gone = blocks[at];
    blocks = blocks.filter((one) => one.id !== id);
    give();
    draw();
    const back = button(spoken("Undo"), "undo", () => {
      undo.replaceChildren();
      insert(gone, Math.min(at, blocks.length));
    }, { kind: "small" });
    undo.replaceChildren(spoken("{name} deleted.", { name: TYPES[gone.type][0] }), " ", back);
    back.focus();
  }

  // --- how it looks -----------------------------------------------------------------------------------------

  const waiting = new Map();
  function look(id) {
    clearTimeout(waiting.get(id));
    waiting.set(id, setTimeout(() => preview([id]), 250));
  }

  async function preview(ids) {
    const shown = blocks.filter((one) => ids.includes(one.id) && PREVIEWED.has(one.type));
    if (!shown.length) return;
    const answer = await talk(`/authoring/lessons/${lesson.id}/preview`, { blocks: shown });
    if (answer.status !== 200) return;
    for (const [id, html] of Object.entries(answer.html)) {
      const place = cards.get(id)?.card.querySelector(".look");
      if (!place) continue;
      place.innerHTML = html; // sanitised by the server
      drawFormulas(place, formulas);
    }
  }

  // --- cards ------------------------------------------------------------------------------------------------

  function cardOf(block) {
    const [name, symbol] = TYPES[block.type];
    const body = element("div", { className: "fields" });
    const tools = element(
      "div",
      { className: "tools" },
      icon(symbol),
      element("strong", { textContent: name }),
      element("span", { className: "space" }),
      button("", "arrow_upward", () => move(block.id, -1), { kind: "bare up", label: spoken("Move {name} up", { name }) }),
      button("", "arrow_downward", () => move(block.id, 1), { kind: "bare down", label: spoken("Move {name} down", { name }) }),
      button("", "content_copy", () => insert({ ...current(block.id), id: fresh(block.type).id }, place(block.id) + 1), { kind: "bare", label: spoken("Duplicate {name}", { name }) }),
      button("", "delete", () => remove(block.id), { kind: "bare", label: spoken("Delete {name}", { name }) }),
    );
    const below = chooserOf("", kinds, (type) => insert(fresh(type), place(block.id) + 1), { kind: "bare", label: spoken("Add a block below {name}", { name }) });
    const card = element("section", { className: `card ${block.type}`, aria: { label: name }, data: { id: block.id } }, tools, body, below);
    const show = FIELDS[block.type](body, {
      block,
      set: (values) => set(block.id, values),
      parts: () => parts,
      make,
      now: () => current(block.id),
      bring: (file, said) => bringIn(file, { course, ...(block.type === "video" && { lesson: lesson.id }) }, said),
      came,
      questions,
      lab,
    });
    if (PREVIEWED.has(block.type)) body.append(element("div", { className: "look prose", aria: { label: spoken("How it looks") } }));
    return { card, show: show.show ?? show, take: show.take };
  }

  // --- files --------------------------------------------------------------------------------------------------

  // What was brought in stands in the lists to choose from.
  async function came() {
    const fresh = await talk(`/authoring/lessons/${lesson.id}`);
    if (fresh.status !== 200) return;
    parts = fresh.parts;
    for (const one of blocks) cards.get(one.id)?.show(one);
    watch();
  }

  // While streams are made, how far they are; no longer than the lesson is open.
  let watching = null;
  function watch() {
    clearTimeout(watching);
    const ids = new Set(blocks.map((one) => one.video_id));
    const isMaking = parts.videos.some((one) => ids.has(one.id) && ["uploading", "processing"].includes(one.kind));
    if (isMaking) watching = setTimeout(() => root.isConnected && came(), 3000);
  }

  // Questions are written in another tab: who comes back from there finds how many there are.
  function back() {
    if (!root.isConnected) document.removeEventListener("visibilitychange", back);
    else if (!document.hidden && blocks.some((one) => one.type === "quiz")) came();
  }
  document.addEventListener("visibilitychange", back);

  // Dropped on a block that waits for one of its kind, or as a block of its own.
  function drop(event) {
    root.classList.remove("dropping");
    const files = filesOf(event.dataTransfer);
    if (!files.length || root.closest("fieldset")?.disabled) return; // as while the course is in review
    event.preventDefault();
    const on = event.composedPath().find((one) => one.dataset?.id && cards.has(one.dataset.id))?.dataset.id;
    let at = on ? place(on) + 1 : blocks.length;
    for (const file of files) {
      const type = blockFor(file);
      const waits = current(on)?.type === type && !current(on).file_id && !current(on).video_id ? current(on) : null;
      const block = waits ?? fresh(type);
      if (!waits) insert(block, at++);
      cards.get(block.id).take(file);
    }
  }

  if (only.length === Object.keys(TYPES).length) {
    const isFile = (event) => event.dataTransfer?.types.includes("Files") && !root.closest("fieldset")?.disabled;
    const over = (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      root.classList.add("dropping");
    };
    root.addEventListener("dragover", over);
    root.addEventListener("dragleave", (event) => root.contains(event.relatedTarget) || root.classList.remove("dropping"));
    root.addEventListener("drop", drop);
  }

  const current = (id) => blocks.find((one) => one.id === id);
  const place = (id) => blocks.findIndex((one) => one.id === id);

  async function make(message) {
    const answer = await talk(`/authoring/lessons/${lesson.id}/parts`, message);
    if (answer.status === 200) {
      parts = answer.parts;
      for (const one of blocks) cards.get(one.id)?.show(one);
    }
    return answer;
  }

  function draw() {
    const made = [];
    for (const block of blocks) {
      if (!cards.has(block.id)) {
        cards.set(block.id, cardOf(block));
        made.push(block.id);
      }
      cards.get(block.id).show(block);
    }
    const wanted = blocks.map((one) => cards.get(one.id).card);
    for (const [id] of cards) if (!current(id)) cards.delete(id);
    // Cards that stay are not taken out of the page: that would take the caret out of them.
    for (const card of [...list.children]) if (!wanted.includes(card)) card.remove();
    wanted.forEach((card, at) => {
      if (list.children[at] !== card) list.insertBefore(card, list.children[at] ?? null);
    });
    if (made.length) preview(made);
  }

  const focus = (id) => cards.get(id)?.card.scrollIntoView({ block: "center" });

  return {
    show(given) {
      const changedIds = given.filter((one) => JSON.stringify(current(one.id)) !== JSON.stringify(one)).map((one) => one.id);
      blocks = given;
      draw();
      preview(changedIds);
      watch();
    },
    focus,
    // Where an address leads: shown, said to who listens, and drawn until something else is looked at.
    mark(id) {
      const card = cards.get(id)?.card;
      if (!card) return;
      card.classList.add("marked");
      card.tabIndex = -1;
      card.focus({ preventScroll: true });
      focus(id);
      card.addEventListener("focusout", () => card.classList.remove("marked"), { once: true });
    },
  };
}

const EMPTY = {
  title: "", text: "", html: "", code: "", language: "", kind: "note", alt: "", caption: "", url: "",
  file_id: null, video_id: null, assessment_id: null, lab_id: null,
};
const PREVIEWED = new Set(["markdown", "html", "callout", "image", "code", "embed"]);
