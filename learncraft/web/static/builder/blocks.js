// The blocks of a lesson: one card for each, with the fields of its type and how it will look.

import { chooserOf } from "./choosing.js";
import { button, element, icon, put } from "./elements.js";
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

export function blocksOf(root, { lesson, changed, questions, only = Object.keys(TYPES) }) {
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
      if (place) place.innerHTML = html; // sanitised by the server
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
      questions,
    });
    if (PREVIEWED.has(block.type)) body.append(element("div", { className: "look prose", aria: { label: spoken("How it looks") } }));
    return { card, show };
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

// --- fields -------------------------------------------------------------------------------------------------

const FIELDS = {
  section: (body, tools) => all(line(body, tools, "title", spoken("Title of the part"))),
  markdown: (body, tools) => all(area(body, tools, "text", spoken("Text in Markdown"))),
  html: (body, tools) => all(area(body, tools, "html", spoken("HTML"), "code")),
  code: (body, tools) => all(line(body, tools, "language", spoken("Language, such as python")), area(body, tools, "code", spoken("Code"), "code")),
  callout: (body, tools) =>
    all(choose(body, tools, "kind", spoken("Kind"), () => [["note", spoken("Note")], ["tip", spoken("Tip")], ["warning", spoken("Warning")]]), area(body, tools, "text", spoken("Text in Markdown"))),
  image: (body, tools) =>
    all(
      choose(body, tools, "file_id", spoken("Image file"), (parts) => named(parts.files.filter((one) => one.kind.startsWith("image/")), spoken("Choose an image of the course…"))),
      line(body, tools, "alt", spoken("What it shows, for those who can't see it")),
      line(body, tools, "caption", spoken("Caption")),
    ),
  file: (body, tools) =>
    all(choose(body, tools, "file_id", spoken("File"), (parts) => named(parts.files, spoken("Choose a file of the course…"))), line(body, tools, "title", spoken("What the link says"))),
  video: videoFields,
  quiz: quizFields,
  lab: (body, tools) => all(choose(body, tools, "lab_id", spoken("Lab"), (parts) => named(parts.labs, parts.labs.length ? spoken("Choose a lab…") : spoken("This lesson has no lab yet")))),
  embed: (body, tools) => all(line(body, tools, "url", spoken("https address of the page"), "url"), line(body, tools, "title", spoken("What it is, for those who can't see it"))),
};

const all = (...shows) => (block) => shows.forEach((show) => show(block));
const named = (list, first) => [["", first], ...list.map((one) => [one.id, one.note ? `${one.title} (${one.note})` : one.title])];

function line(body, { set }, key, label, type = "text") {
  const input = element("input", { type, placeholder: label, maxLength: 1000, aria: { label } });
  input.addEventListener("input", () => set({ [key]: input.value }));
  body.append(input);
  return (block) => put(input, block[key] ?? "");
}

function area(body, { set }, key, label, kind = "") {
  const input = element("textarea", { placeholder: label, className: kind, spellcheck: kind !== "code", aria: { label } });
  input.addEventListener("input", () => set({ [key]: input.value }));
  body.append(input);
  return (block) => put(input, block[key] ?? "");
}

function choose(body, { set, parts }, key, label, options) {
  const input = element("select", { aria: { label } });
  input.addEventListener("change", () => set({ [key]: input.value || null }));
  body.append(input);
  let last = "";
  return (block) => {
    const list = options(parts());
    const value = block[key] ?? "";
    if (value && !list.some(([id]) => id === value)) list.push([value, spoken("Something that is not here any more")]);
    const now = JSON.stringify(list);
    if (now !== last) input.replaceChildren(...list.map(([id, words]) => element("option", { value: id, textContent: words })));
    last = now;
    put(input, value);
  };
}

function videoFields(body, tools) {
  const shown = choose(body, tools, "video_id", spoken("Video"), (parts) => named(parts.videos, spoken("Choose a video of this lesson…")));
  const title = element("input", { type: "text", placeholder: spoken("Title"), aria: { label: spoken("Title of the video") } });
  const url = element("input", { type: "url", placeholder: spoken("https address of a YouTube video or an .mp4"), aria: { label: spoken("Address of the video") } });
  const said = element("p", { className: "note", aria: { role: "status" } });
  const add = button(spoken("Add by address"), "add_link", async () => {
    const answer = await tools.make({ make: "video", title: title.value, url: url.value });
    said.textContent = answer.status === 200 ? "" : answer.words || spoken("The server does not answer. Try again in a moment.");
    if (answer.status !== 200) return;
    tools.set({ video_id: answer.made });
    shown({ video_id: answer.made });
    title.value = url.value = "";
  }, { kind: "small" });
  body.append(element("div", { className: "inline" }, title, url, add), said);
  return shown;
}

function quizFields(body, tools) {
  const link = element("a", { className: "small", target: "_blank", textContent: spoken("Edit its questions") });
  const shown = choose(body, tools, "assessment_id", spoken("Quiz"), (parts) => named(parts.assessments, spoken("Choose a quiz of this lesson…")));
  const said = element("p", { className: "note", aria: { role: "status" } });
  const show = (block) => {
    shown(block);
    link.hidden = !block.assessment_id || !tools.questions;
    link.href = `${tools.questions}?id=${block.assessment_id}`;
  };
  const add = (kind, words, title) =>
    button(words, "add", async () => {
      const answer = await tools.make({ make: kind, title });
      said.textContent = answer.status === 200 ? "" : answer.words || spoken("The server does not answer. Try again in a moment.");
      if (answer.status !== 200) return;
      tools.set({ assessment_id: answer.made });
      show({ assessment_id: answer.made });
    }, { kind: "small" });
  body.append(element("div", { className: "inline" }, add("quiz", spoken("New quiz"), spoken("Quiz")), add("practice", spoken("New practice"), spoken("Practice")), link), said);
  return show;
}
