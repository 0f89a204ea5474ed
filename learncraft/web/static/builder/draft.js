// The text of one lesson in one tab: saved within a second, kept in the browser while the server is away, and never
// written over somebody else's words.

import { merge, same } from "./merge.js";
import { newName, shelf, talk } from "./talk.js";
import { spoken } from "./words.js";

const SOON = 350; // ms after the last key
const LATEST = 800; // ms after the first key, however much is typed
const PATIENCE = [500, 1000, 2000, 4000, 8000];
const HEARTBEAT = 8_000;
const FORGET_AFTER = 30 * 24 * 3600 * 1000;
const PREFIX = "learncraft.lesson.";
const TAB = newName(); // each load of the page is a tab of its own: a copied tab must not pass for this one
let steps = 0; // counts through all lessons of the tab: one that is opened again must not begin below what it has sent

export class Draft {
  constructor(lesson, { frozen }) {
    this.id = lesson.id;
    this.version = lesson.version;
    this.base = lesson.text; // what the server has at this version
    this.text = lesson.text;
    this.sequence = 0;
    this.state = frozen ? "in-review" : "open"; // open, conflict, in-review, signed-out, gone
    this.words = "";
    this.others = [];
    this.isOpenTwice = false; // in another tab of the same person
    this.conflict = null;
    this.isDirty = false;
    this.savedAt = null;
    this.failures = 0;
    this.firstChange = null;
    this.kind = "typed";
    this.listeners = new Set();
    this.replaced = () => {}; // the editor shows a text that it didn't type
    this.key = `${PREFIX}${this.id}.${TAB}`;
    this.recall(lesson);
    this.beat = setInterval(() => document.hidden || this.meet(), HEARTBEAT);
    this.online = () => this.isDirty && this.schedule(0);
    this.away = () => {
      if (this.isDirty) this.send();
      this.leave(); // or the same tab, loaded again, would hear of itself as another one
    };
    window.addEventListener("online", this.online);
    window.addEventListener("pagehide", this.away);
    this.meet();
  }

  // --- what is typed ------------------------------------------------------------------------------------------

  record(text) {
    if (same(text, this.text)) return;
    this.text = text;
    this.isDirty = true;
    this.sequence = ++steps;
    this.shelve();
    this.firstChange ??= Date.now();
    if (this.state === "open" || this.state === "signed-out") {
      this.schedule(Math.max(0, Math.min(SOON, this.firstChange + LATEST - Date.now())));
    }
    this.tell();
  }

  shelve() {
    shelf.put(this.key, { text: this.text, base: this.base, version: this.version, tab: TAB, at: Date.now() });
  }

  // What this browser could not send in an earlier life of the page.
  recall(lesson) {
    let latest = null;
    for (const key of shelf.keys(PREFIX)) {
      const kept = shelf.get(key);
      if (!kept?.text || kept.at < Date.now() - FORGET_AFTER) shelf.drop(key);
      else if (key.startsWith(`${PREFIX}${this.id}.`) && (!latest || kept.at > latest.at)) latest = { ...kept, key };
    }
    if (!latest) return;
    shelf.drop(latest.key);
    if (same(latest.text, lesson.text)) return;
    this.isDirty = true;
    this.sequence = ++steps;
    this.text = latest.text;
    if (latest.version === lesson.version || latest.tab === lesson.tab) this.schedule(0);
    else this.meetOther({ version: lesson.version, text: lesson.text, by: lesson.by, own: lesson.own, at: lesson.at }, latest.base);
    this.shelve();
  }

  // --- the server ---------------------------------------------------------------------------------------------

  schedule(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  send() {
    if (this.sending) return this.sending.then(() => (this.isDirty ? this.send() : undefined));
    if (!this.isDirty || (this.state !== "open" && this.state !== "signed-out")) return Promise.resolve();
    clearTimeout(this.timer);
    this.sending = this.sendNow().finally(() => (this.sending = null));
    return this.sending;
  }

  async sendNow() {
    const sent = { base: this.version, tab: TAB, sequence: this.sequence, text: this.text, kind: this.kind };
    this.firstChange = null;
    const answer = await talk(`/authoring/lessons/${this.id}/draft`, sent);
    if (answer.status === 200) {
      this.failures = 0;
      this.words = "";
      this.state = "open";
      this.kind = "typed";
      this.version = answer.version;
      this.base = sent.text;
      this.savedAt = new Date();
      if (sent.sequence === this.sequence) {
        this.isDirty = false;
        shelf.drop(this.key);
      } else {
        this.shelve();
        this.schedule(SOON);
      }
    } else if (answer.state === "conflict") {
      this.failures = 0;
      this.meetOther(answer, this.base);
    } else {
      this.refused(answer);
    }
    this.tell();
  }

  refused(answer) {
    this.words = answer.words ?? "";
    if (answer.state === "in-review") this.state = "in-review";
    else if (answer.state === "missing") this.state = "gone";
    else {
      if (answer.status === 401) this.state = "signed-out";
      const wait = PATIENCE[Math.min(this.failures, PATIENCE.length - 1)];
      this.failures += 1;
      this.schedule(wait * (0.75 + Math.random() / 2));
    }
  }

  // Somebody else saved first: what doesn't touch is put together, the rest is for a person to choose.
  meetOther(other, base) {
    const merged = merge(base, this.text, other.text);
    this.version = other.version;
    this.base = other.text;
    if (merged.overlaps.length) {
      this.state = "conflict";
      this.conflict = { ...other, merged, mine: this.text };
    } else {
      const words = other.own
        ? spoken("You changed this lesson in another tab too. Both changes are kept.")
        : spoken("{name} changed this lesson too. Both changes are kept.", { name: other.by || spoken("Somebody else") });
      this.settle(merged.text, words);
    }
  }

  settle(text, words) {
    this.state = "open";
    this.conflict = null;
    this.words = words;
    this.text = text;
    this.sequence = ++steps;
    this.kind = "merged";
    this.isDirty = !same(text, this.base);
    if (this.isDirty) {
      this.shelve();
      this.schedule(0);
    } else shelf.drop(this.key);
    this.replaced(text);
    this.tell();
  }

  // Says that this tab has the lesson open, and hears who else has, and whether they have saved.
  async meet() {
    const answer = await talk(`/authoring/lessons/${this.id}/editing`, { tab: TAB });
    if (answer.status !== 200 || this.isOver) return;
    this.others = answer.others;
    this.isOpenTwice = answer.own;
    if (answer.version > this.version && !this.isDirty && !this.sending && this.state === "open") {
      await this.follow(answer);
    }
    this.tell();
  }

  async follow({ by, byOwn }) {
    const fresh = await talk(`/authoring/lessons/${this.id}`);
    if (fresh.status !== 200 || this.isDirty || fresh.version <= this.version) return;
    this.version = fresh.version;
    this.base = this.text = fresh.text;
    this.words = byOwn
      ? spoken("You saved a newer text in another tab. It is shown.")
      : spoken("{name} saved a newer text. It is shown.", { name: by || spoken("Somebody else") });
    this.replaced(fresh.text);
  }

  leave() {
    talk(`/authoring/lessons/${this.id}/editing`, { tab: TAB, leaves: true });
  }

  end() {
    this.isOver = true;
    clearInterval(this.beat);
    window.removeEventListener("online", this.online);
    window.removeEventListener("pagehide", this.away);
    this.leave();
    return this.send();
  }

  // --- who listens --------------------------------------------------------------------------------------------

  watch(listener) {
    this.listeners.add(listener);
    listener(this);
  }

  say(words) {
    this.words = words;
    this.tell();
  }

  tell() {
    for (const listener of this.listeners) listener(this);
  }
}
