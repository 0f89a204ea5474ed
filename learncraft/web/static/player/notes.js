// Notes beside a lesson: written at a moment of its video or at the paragraph in view, kept while typed, shown sanitised.

import { clock, dress, element, talk } from "./elements.js";
import { newName } from "./outbox.js";
import { STYLE } from "./style.js";
import { spoken } from "./words.js";

const panels = new WeakMap();

export function mount(component) {
  const { data, parentElement } = component;
  if (!data) return () => {};
  dress(parentElement, STYLE);
  const known = panels.get(parentElement);
  if (known?.data.lesson === data.lesson) return () => {};
  known?.root.remove();
  const panel = new Panel(data);
  panels.set(parentElement, panel);
  parentElement.append(panel.root);
  panel.load();
  return () => {};
}

class Panel {
  constructor(data) {
    this.data = data;
    this.notes = [];
    this.draftKey = `learncraft.note.${data.viewer}.${data.lesson}`;
    this.editing = null;
    this.build();
  }

  build() {
    this.text = element("textarea", { rows: 3, placeholder: spoken("Write a note. Markdown works."), maxLength: 20_000, aria: { label: spoken("Note") } });
    this.at = element("button", { type: "button", className: "chip" });
    this.at.addEventListener("click", () => this.setPlace(null));
    this.shared = element("input", { type: "checkbox" });
    const share = element("label", { className: "follow" }, this.shared, spoken("Share with the course"));
    this.save = element("button", { type: "button", className: "main", textContent: spoken("Save note") });
    this.save.addEventListener("click", () => this.keep());
    this.said = element("p", { className: "said", aria: { live: "polite" } });
    this.list = element("ul", { className: "notes", aria: { label: spoken("Notes") } });
    const form = element("div", { className: "form" }, this.text, element("div", { className: "bar" }, this.save, share, this.at));
    this.root = element("div", { className: "panel" }, form, this.said, this.list);
    this.text.addEventListener("focus", () => this.place === undefined && this.setPlace(placeNow()));
    this.text.addEventListener("input", () => store(this.draftKey, this.text.value));
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.keep();
      if (event.key === "Escape" && this.editing) this.clear();
    });
    this.text.value = load(this.draftKey);
    this.setPlace(undefined);
  }

  setPlace(place) {
    this.place = place;
    this.at.hidden = !place;
    if (place) {
      this.at.textContent = `${place.seconds !== undefined ? `at ${clock(place.seconds)}` : `at “${short(place.quote)}”`} ×`;
      this.at.title = spoken("Take the place away");
    }
  }

  async load() {
    const answer = await talk("GET", `/learning/lessons/${this.data.lesson}/notes`);
    if (answer.status !== 200) return this.say(answer.words || spoken("The notes can't be loaded now. They come with the line."), "wrong");
    this.notes = answer.notes;
    this.draw();
  }

  async keep() {
    const content = this.text.value.trim();
    if (!content) return this.say(spoken("Write something first; an empty note is not kept."), "wrong");
    const message = { content, is_public: this.shared.checked };
    this.save.disabled = true;
    const answer = this.editing
      ? await talk("PATCH", `/learning/notes/${this.editing.id}`, message)
      : await talk("POST", `/learning/lessons/${this.data.lesson}/notes`, {
          ...message,
          id: (this.name ??= newName()), // sent twice it is one note
          position: this.place ?? null,
        });
    this.save.disabled = false;
    if (answer.status !== 200) {
      return this.say(answer.words || spoken("The line is lost. What you wrote is kept here; save it again in a moment."), "wrong");
    }
    this.notes = [...this.notes.filter((one) => one.id !== answer.note.id), answer.note];
    this.clear();
    this.draw();
    this.say(spoken("Saved"));
  }

  clear() {
    this.editing = null;
    this.name = null;
    this.text.value = "";
    this.shared.checked = false;
    store(this.draftKey, "");
    this.setPlace(undefined);
    this.save.textContent = spoken("Save note");
  }

  edit(note) {
    this.editing = note;
    this.text.value = note.content;
    this.shared.checked = note.is_public;
    this.setPlace(null);
    this.save.textContent = spoken("Save changes");
    this.text.focus();
  }

  async remove(note, row) {
    const answer = await talk("DELETE", `/learning/notes/${note.id}`);
    if (answer.status !== 200) return this.say(spoken("The line is lost. Try again."), "wrong");
    this.notes = this.notes.filter((one) => one !== note);
    row.remove();
    const back = element("button", { type: "button", className: "link", textContent: spoken("Undo") });
    back.addEventListener("click", async () => {
      const { content, is_public, position, id } = note;
      const again = await talk("POST", `/learning/lessons/${this.data.lesson}/notes`, { id, content, is_public, position });
      if (again.status === 200) this.notes.push(again.note);
      this.draw();
      this.say("");
    });
    this.said.className = "said";
    this.said.replaceChildren(spoken("The note is deleted.") + " ", back);
  }

  draw() {
    const order = (one) => [one.position.seconds ?? 0, one.position.paragraph ?? 0];
    this.notes.sort((one, other) => order(one)[0] - order(other)[0] || order(one)[1] - order(other)[1]);
    this.list.replaceChildren(...this.notes.map((note) => this.row(note)));
  }

  row(note) {
    const body = element("div", { className: "body", innerHTML: note.html }); // sanitised by the server
    for (const link of body.querySelectorAll("a")) link.target = "_blank";
    const facts = element("div", { className: "facts" });
    if (note.where) {
      const go = element("button", { type: "button", className: "link", textContent: note.where });
      go.addEventListener("click", () => goTo(note.position));
      facts.append(go);
    }
    facts.append(element("span", { textContent: note.is_own ? (note.is_public ? "shared" : "only for you") : `by ${note.author}` }));
    const row = element("li", {}, body, facts);
    if (note.is_own) {
      const change = element("button", { type: "button", className: "small", textContent: spoken("Edit") });
      change.addEventListener("click", () => this.edit(note));
      const gone = element("button", { type: "button", className: "small", textContent: spoken("Delete") });
      gone.addEventListener("click", () => this.remove(note, row));
      facts.append(change, gone);
    }
    return row;
  }

  say(words, kind = "") {
    this.said.className = `said ${kind}`;
    this.said.textContent = words;
  }
}

// A video that was played last, else the paragraph in view.
function placeNow() {
  const { learncraftPlace: moment, learncraftParagraph: paragraph } = window;
  if (moment && document.querySelector(`.st-key-block-${CSS.escape(moment.block_id)}`)) return moment;
  return paragraph ?? null;
}

function goTo(position) {
  const block = position.block_id && document.querySelector(`.st-key-block-${CSS.escape(position.block_id)}`);
  if (!block) {
    const address = new URL(location.href);
    address.searchParams.delete("part");
    if (position.block_id) address.searchParams.set("block", position.block_id);
    if (position.seconds !== undefined) address.searchParams.set("t", String(Math.floor(position.seconds)));
    location.href = address;
    return;
  }
  block.scrollIntoView({ block: "center", behavior: "smooth" });
  if (position.seconds !== undefined) {
    for (const host of block.querySelectorAll("*")) {
      const video = host.shadowRoot?.querySelector("video") ?? (host.tagName === "VIDEO" ? host : null);
      if (video) video.currentTime = position.seconds;
    }
  }
}

function short(words) {
  return words.length > 40 ? `${words.slice(0, 40)}…` : words;
}

function store(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // the page itself still holds it
  }
}

function load(key) {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}
