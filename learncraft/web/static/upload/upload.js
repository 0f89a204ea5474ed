// The place to drop files for a course. Each file goes to the server in pieces (sending.js), two at a time.

import { progress, Refused, Sending } from "./sending.js";
import { spoken } from "./words.js";

const AT_ONCE = 2;

// One per course, and one per file that is replaced: a rerun of the page ends nothing.
const rooms = (window.learncraftUploads ??= new Map());

export function mount(component) {
  const { data, parentElement, setTriggerValue } = component;
  if (!data) return () => {};
  const name = `${data.course} ${data.replaces ?? ""}`;
  let room = rooms.get(name);
  if (!room) rooms.set(name, (room = new Room(data)));
  room.data = data;
  room.finished = () => setTriggerValue("finished", Date.now());
  if (parentElement !== room.home || !parentElement.contains(room.root)) {
    parentElement.querySelector(".upload")?.remove();
    room.home = parentElement;
    parentElement.append(room.root);
    dress(parentElement);
  }
  room.draw();
  return () => {};
}

class Room {
  constructor(data) {
    this.data = data;
    this.items = [];
    this.home = null;
    this.build();
    addEventListener("online", () => this.items.forEach((item) => item.wake()));
    addEventListener("beforeunload", (event) => {
      if (this.items.some((item) => item.isBusy())) event.preventDefault();
    });
  }

  build() {
    this.root = element("div", { className: "upload" });
    this.input = element("input", { type: "file", multiple: true, id: "files" });
    this.input.addEventListener("change", () => {
      this.take([...this.input.files]);
      this.input.value = "";
    });
    const words = element("span");
    words.append(element("b", { textContent: spoken("Choose files") }), ` ${spoken("or drop them here")}`);
    const hint = element("small", { textContent: "" });
    this.hint = hint;
    const place = element("label", { className: "drop", htmlFor: "files" });
    place.append(this.input, words, hint);
    for (const kind of ["dragover", "dragleave", "drop"]) {
      place.addEventListener(kind, (event) => {
        event.preventDefault();
        place.classList.toggle("over", kind === "dragover");
        if (kind === "drop") this.take([...event.dataTransfer.files]);
      });
    }
    this.list = element("ul");
    this.list.setAttribute("aria-label", spoken("Uploads"));
    this.root.append(place, this.list);
  }

  draw() {
    this.input.multiple = !this.data.replaces;
    this.hint.textContent = this.data.hint;
  }

  take(files) {
    for (const file of this.data.replaces ? files.slice(0, 1) : files) {
      const item = new Item(file, this);
      this.items.push(item);
      this.list.append(item.row);
    }
    this.next();
  }

  next() {
    const busy = this.items.filter((item) => item.isBusy() && item.begun).length;
    const waiting = this.items.filter((item) => item.state === "waiting" && !item.begun);
    for (const item of waiting.slice(0, Math.max(0, AT_ONCE - busy))) item.run();
  }

  done(item) {
    if (item.state === "kept") this.finished?.();
    this.next();
  }
}

class Item {
  constructor(file, room) {
    this.file = file;
    this.room = room;
    const { course, lesson, replaces } = room.data;
    this.sending = new Sending(
      file,
      { course, ...(lesson && { lesson }), ...(replaces && { replaces }) },
      { sent: (sent) => this.show(sent), waits: (words) => this.say(words, "wait") },
    );
    this.state = "waiting"; // waiting, sending, kept, refused, stopped
    this.begun = false;
    this.name = element("span", { className: "name", textContent: file.name });
    this.bar = element("progress", { max: file.size || 1, value: 0 });
    this.bar.setAttribute("aria-label", file.name);
    this.said = element("span", { className: "said" });
    this.said.setAttribute("role", "status");
    this.button = element("button", { type: "button", textContent: spoken("Give up") });
    this.button.setAttribute("aria-label", spoken("Give up {name}", file));
    this.button.addEventListener("click", () => this.stop());
    this.row = element("li");
    this.row.append(this.name, this.button, this.bar, this.said);
    this.say(spoken("Waiting"));
  }

  isBusy() {
    return this.state === "waiting" || this.state === "sending";
  }

  wake() {
    this.sending.wake();
  }

  async run() {
    this.begun = true;
    this.state = "sending";
    try {
      const kept = await this.sending.run();
      if (kept) this.end("kept", kept.video ? spoken("Uploaded. Its stream is made now.") : spoken("Uploaded"));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.end("refused", error.message);
    }
  }

  show(sent) {
    this.bar.value = sent;
    this.say(progress(this.file, sent));
  }

  say(words, kind = "") {
    if (this.said.textContent !== words) this.said.textContent = words;
    this.row.className = kind;
  }

  stop() {
    if (!this.isBusy()) {
      this.row.remove();
      this.room.items = this.room.items.filter((item) => item !== this);
      return;
    }
    this.end("stopped", spoken("Given up"));
    this.sending.stop();
  }

  end(state, words) {
    this.state = state;
    this.say(words, state);
    if (state === "kept") this.bar.value = this.file.size;
    this.button.textContent = spoken("Hide");
    this.button.setAttribute("aria-label", spoken("Hide {name}", { name: this.file.name }));
    this.room.done(this);
  }
}

function element(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}

let style = null;

function dress(root) {
  if (!("adoptedStyleSheets" in root) || root.adoptedStyleSheets.includes(style)) return;
  if (!style) {
    style = new CSSStyleSheet();
    style.replaceSync(STYLE);
  }
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, style];
}

const STYLE = `
:host, .upload { color: var(--st-text-color); font: 400 1rem/1.5 var(--st-font); }
* { box-sizing: border-box; }
.drop { display: flex; flex-direction: column; align-items: center; gap: .15rem; padding: 1.4rem 1rem; cursor: pointer;
  text-align: center; border: 2px dashed var(--st-border-color); border-radius: var(--st-base-radius); }
.drop:hover, .drop.over, .drop:focus-within { border-color: var(--st-primary-color); background: var(--st-secondary-background-color); }
.drop:focus-within { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.drop input { position: absolute; width: 1px; height: 1px; opacity: 0; }
.drop b { color: var(--st-link-color); }
small { color: var(--st-gray-text-color); font-size: .875rem; }
ul { list-style: none; margin: .75rem 0 0; padding: 0; }
ul:empty { display: none; }
li { display: grid; grid-template-columns: 1fr auto; gap: .15rem .75rem; align-items: center; padding: .5rem 0;
  border-top: 1px solid var(--st-border-color); }
.name { min-width: 0; overflow-wrap: anywhere; font-weight: 600; }
progress { grid-column: 1 / -1; width: 100%; height: .5rem; accent-color: var(--st-primary-color); }
.said { grid-column: 1 / -1; font-size: .875rem; color: var(--st-gray-text-color); font-variant-numeric: tabular-nums; }
.refused .said { color: var(--st-red-text-color); }
.refused progress, .stopped progress { display: none; }
.kept .said { color: var(--st-green-text-color); }
.wait .said { color: var(--st-orange-text-color); }
button { font: 400 .875rem/1.4 var(--st-font); padding: .25rem .7rem; min-height: 36px; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
  background: var(--st-background-color); color: var(--st-text-color); }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
`;
