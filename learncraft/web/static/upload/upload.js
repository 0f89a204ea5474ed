// The place to drop files for a course. Each file goes to the server in pieces: a lost line or a restarted server costs
// one piece at most, and the same file chosen again goes on where it was.

import { LANGUAGE, spoken } from "./words.js";

const PIECE = 8 * 1024 * 1024;
const PATIENCE = [1000, 2000, 4000, 8000, 15_000];
const SILENCE = 45_000; // ms without a byte after which a piece is sent again
const AT_ONCE = 2;
const HEADERS = { "x-learncraft-file": "1" };

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
    this.lesson = room.data.lesson;
    this.replaces = room.data.replaces;
    this.state = "waiting"; // waiting, sending, kept, refused, stopped
    this.begun = false;
    this.sent = 0;
    this.failures = 0;
    this.id = null;
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
    this.wakeUp?.();
  }

  async run() {
    this.begun = true;
    this.state = "sending";
    while (this.state === "sending") {
      try {
        await this.step();
        this.failures = 0;
      } catch (error) {
        if (error instanceof Refused) return this.end("refused", error.message);
        if (this.state !== "sending") return;
        this.failures += 1;
        const wait = PATIENCE[Math.min(this.failures, PATIENCE.length) - 1];
        this.say(error.words || spoken("The line is lost. The upload goes on by itself when it is back."), "wait");
        await new Promise((resolve) => {
          this.wakeUp = resolve;
          setTimeout(resolve, wait);
        });
      }
    }
  }

  async step() {
    if (!this.id || this.failures) await this.ask();
    if (this.state !== "sending") return;
    const piece = this.file.slice(this.sent, this.sent + PIECE);
    const answer = await this.patch(piece);
    this.hear(answer);
  }

  // Begins the upload, or learns how much of it the server has.
  async ask() {
    const { file } = this;
    const answer = this.id
      ? await talk("GET", `/uploads/${this.id}`)
      : await talk("POST", "/uploads", {
          course: this.room.data.course,
          name: file.name,
          size: file.size,
          fingerprint: `${file.lastModified} ${file.size}`,
          ...(this.lesson && { lesson: this.lesson }),
          ...(this.replaces && { replaces: this.replaces }),
        });
    this.hear(answer);
  }

  hear(answer) {
    if (answer.status === 409) {
      this.sent = answer.received;
    } else if (answer.status === 200) {
      this.id = answer.id;
      this.sent = answer.received;
      if (answer.state === "kept") return this.end("kept", answer.video ? spoken("Uploaded. Its stream is made now.") : spoken("Uploaded"));
      this.show(this.sent);
    } else if (answer.status === 404 && this.id) {
      throw new Refused(answer.words);
    } else if (answer.status >= 400 && answer.status < 500 && ![401, 408, 423, 429].includes(answer.status)) {
      throw new Refused(answer.words || spoken("The server did not take this file."));
    } else {
      const words = { 401: spoken("You are signed out. Sign in in another tab; the upload goes on then."), 423: answer.words };
      throw Object.assign(new Error("again"), { words: words[answer.status] || (answer.status === 503 && answer.words) });
    }
  }

  patch(piece) {
    return new Promise((resolve, reject) => {
      const request = (this.request = new XMLHttpRequest());
      let timer = null;
      const watch = () => {
        clearTimeout(timer);
        timer = setTimeout(() => request.abort(), SILENCE);
      };
      request.open("PATCH", `/uploads/${this.id}`);
      request.setRequestHeader("x-learncraft-file", "1");
      request.setRequestHeader("upload-offset", String(this.sent));
      request.setRequestHeader("content-type", "application/offset+octet-stream");
      request.upload.onprogress = (event) => {
        watch();
        this.show(this.sent + event.loaded);
      };
      // The last piece is answered when the whole file has been read once more: that may take a while.
      request.upload.onload = () => {
        clearTimeout(timer);
        timer = setTimeout(() => request.abort(), 10 * SILENCE);
      };
      request.onloadend = () => {
        clearTimeout(timer);
        if (!request.status) return reject(new Error("lost"));
        resolve({ ...parsed(request.responseText), status: request.status });
      };
      watch();
      request.send(piece);
    });
  }

  show(sent) {
    this.bar.value = sent;
    const percent = this.file.size ? Math.floor((100 * sent) / this.file.size) : 0;
    this.say(sent >= this.file.size ? spoken("Checking…") : spoken("{percent} % of {size}", { percent, size: size(this.file.size) }));
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
    this.request?.abort();
    if (this.id) talk("DELETE", `/uploads/${this.id}`).catch(() => {});
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

class Refused extends Error {}

async function talk(method, path, message) {
  const answer = await fetch(path, {
    method,
    headers: message ? { ...HEADERS, "content-type": "application/json" } : HEADERS,
    body: message && JSON.stringify(message),
    credentials: "same-origin",
  });
  return { ...parsed(await answer.text()), status: answer.status };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function size(bytes) {
  const mb = bytes / 1024 / 1024;
  if (mb >= 1024) return `${(mb / 1024).toLocaleString(LANGUAGE, { maximumFractionDigits: 1 })} GB`;
  return mb >= 1 ? `${mb.toFixed(0)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;
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
