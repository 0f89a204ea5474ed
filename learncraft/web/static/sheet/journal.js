// The journal of one attempt in one browser tab: what is typed goes to the server within a second, waits in the
// browser's own store while there is no server, and is numbered by the server's clock so that the newest typed wins.

import { tabName } from "./tab.js";
import { spoken } from "./words.js";

const SOON = 300; // ms after the last key
const LATEST = 700; // ms after the first key, however much is typed
const HEARTBEAT = 15_000;
const TIMEOUT = 8_000;
const PATIENCE = [500, 1000, 2000, 4000, 8000];
const KEEPALIVE_LIMIT = 60_000; // bytes that a browser sends for a page that is going away
const FORGET_AFTER = 14 * 24 * 3600 * 1000;
const PREFIX = "learncraft.sheet.";

const journals = (window.learncraftJournals ??= new Map());

export function journalOf(attempt) {
  let journal = journals.get(attempt.id);
  if (!journal) journals.set(attempt.id, (journal = new Journal(attempt)));
  journal.learn(attempt.now, attempt.deadline);
  return journal;
}

class Journal {
  constructor(attempt) {
    this.id = attempt.id;
    this.isProctored = attempt.proctored;
    this.state = attempt.proctored ? "asking" : "open"; // asking, open, elsewhere, closed, signed-out
    this.words = "";
    this.elsewhere = null;
    this.savedAt = null;
    this.failures = 0;
    this.offset = null;
    this.roundTrip = Infinity;
    this.deadline = null;
    this.pending = new Map(); // question -> {response, sequence}
    this.shown = new Map(); // question -> sequence
    this.fields = new Map(); // question -> field
    this.sightings = [];
    this.listeners = new Set();
    this.tab = null; // its name, once it is known that no other tab has it
    this.named = tabName().then((name) => (this.tab = name));
    this.firstChange = null;
    this.timer = null;
    this.sending = null;
    forgetOld();
    this.recall();
    this.listen();
    if (this.isProctored) this.open(false);
    else if (this.pending.size) this.schedule(0);
    this.beat = setInterval(() => document.hidden || this.send(true), HEARTBEAT);
  }

  // --- time -------------------------------------------------------------------------------------------------

  learn(now, deadline, roundTrip = 10_000) {
    // The answer that came fastest knows the server's clock best; a rerun of the page says it only roughly.
    if (this.offset === null || roundTrip <= this.roundTrip) {
      this.offset = now + (roundTrip < 10_000 ? roundTrip / 2 : 0) - Date.now();
      this.roundTrip = roundTrip;
    }
    this.deadline = deadline;
  }

  now() {
    return Math.round(Date.now() + (this.offset ?? 0));
  }

  // --- what is typed ----------------------------------------------------------------------------------------

  join(question, field, saved, sequence) {
    this.fields.set(question, field);
    const known = Math.max(sequence, this.shown.get(question) ?? 0);
    const waiting = this.pending.get(question);
    if (waiting && waiting.sequence > sequence) {
      field.show(waiting.response);
    } else {
      this.drop(question, sequence);
      if (sequence >= known) field.show(saved);
    }
    this.shown.set(question, known);
    this.tell();
  }

  record(question, response, atOnce) {
    const last = Math.max(this.pending.get(question)?.sequence ?? 0, this.shown.get(question) ?? 0);
    const draft = { response, sequence: Math.max(this.now(), last + 1) };
    this.pending.set(question, draft);
    store(PREFIX + this.id + "." + question, draft);
    this.firstChange ??= Date.now();
    this.schedule(atOnce ? 0 : Math.max(0, Math.min(SOON, this.firstChange + LATEST - Date.now())));
    this.tell();
  }

  see(kind, away) {
    if (!this.isProctored || this.state !== "open") return;
    this.sightings.push({ kind, at: this.now(), away: away === undefined ? null : Math.round(away) });
    this.schedule(0);
  }

  // What this browser could not send in an earlier life of the page.
  recall() {
    const prefix = PREFIX + this.id + ".";
    for (const key of keys()) {
      if (!key.startsWith(prefix)) continue;
      const draft = load(key);
      if (draft?.response && Number.isFinite(draft.sequence)) this.pending.set(key.slice(prefix.length), draft);
    }
  }

  drop(question, sequence) {
    const waiting = this.pending.get(question);
    if (waiting && waiting.sequence <= sequence) this.pending.delete(question);
    const key = PREFIX + this.id + "." + question;
    const kept = load(key); // another tab may have stored something newer
    if (kept && kept.sequence <= sequence) forget(key);
  }

  // --- the server -------------------------------------------------------------------------------------------

  schedule(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(false), wait);
  }

  send(withSeen) {
    if (this.sending) return this.sending.then(() => (this.pending.size ? this.send(withSeen) : undefined));
    if (this.state !== "open" && this.state !== "signed-out") return Promise.resolve();
    clearTimeout(this.timer);
    this.sending = this.sendNow(withSeen).finally(() => (this.sending = null));
    return this.sending;
  }

  async sendNow(withSeen) {
    if (!this.tab) await this.named; // a page that is going away has no time to wait for nothing
    const sent = [...this.pending].map(([question, draft]) => ({ question, ...draft }));
    const sightings = this.sightings.slice(0, 50);
    this.firstChange = null;
    const message = { sheet: this.tab, answers: sent, sightings };
    if (withSeen) message.seen = Object.fromEntries(this.shown);
    const begun = Date.now();
    const answer = await post(`/attempts/${this.id}/journal`, message);
    if (answer.status === 200) {
      this.learn(answer.now, answer.deadline, Date.now() - begun);
      this.sightings.splice(0, sightings.length);
      this.failures = 0;
      if (this.state === "signed-out") this.state = "open";
      if (sent.length) this.savedAt = new Date();
      for (const kept of answer.answers) this.settle(kept);
      for (const kept of answer.newer) this.replace(kept);
      if (this.firstChange !== null) this.schedule(SOON);
    } else {
      this.refused(answer);
    }
    this.tell();
  }

  settle(kept) {
    if (kept.outcome === "older") {
      const waiting = this.pending.get(kept.question);
      if (waiting && waiting.sequence > kept.sequence) return;
      this.drop(kept.question, kept.sequence);
      this.replace(kept);
      return;
    }
    this.drop(kept.question, kept.sequence);
    this.shown.set(kept.question, Math.max(kept.sequence, this.shown.get(kept.question) ?? 0));
    this.fields.get(kept.question)?.say(kept.outcome === "refused" ? kept.words : "");
  }

  replace(kept) {
    if (this.pending.has(kept.question) || kept.sequence <= (this.shown.get(kept.question) ?? 0)) return;
    this.shown.set(kept.question, kept.sequence);
    const field = this.fields.get(kept.question);
    field?.show(kept.response);
    field?.say(spoken("This answer was changed in another window. The newer one is shown."));
  }

  refused(answer) {
    this.words = answer.words ?? "";
    if (answer.state === "closed" || answer.state === "elsewhere") {
      this.state = answer.state;
      if (answer.state === "elsewhere") this.open(false);
    } else if (answer.status === 401) {
      this.state = "signed-out";
      this.again();
    } else if (answer.status === 0 || answer.status >= 500) {
      this.again();
    } else {
      this.words ||= spoken("The server does not take this. Reload the page.");
      this.again();
    }
  }

  again() {
    const wait = PATIENCE[Math.min(this.failures, PATIENCE.length - 1)];
    this.failures += 1;
    this.schedule(wait * (0.75 + Math.random() / 2));
  }

  async open(takeOver) {
    const answer = await post(`/attempts/${this.id}/open`, { sheet: await this.named, take_over: takeOver });
    if (answer.status === 200) {
      this.state = answer.state === "here" ? "open" : "elsewhere";
      this.elsewhere = answer;
      if (this.state === "open") this.send(true);
    } else if (answer.status === 404) {
      this.words = answer.words ?? "";
    } else {
      setTimeout(() => this.open(takeOver), 2000);
    }
    this.tell();
  }

  // Everything that waits, then the attempt itself. Says in words why not.
  async handIn() {
    await this.send(false);
    if (this.pending.size && this.state === "open") await this.send(false);
    if (this.pending.size && this.state !== "closed") {
      return spoken("Not everything is saved yet. Your answers are kept here; hand in again when the line is back.");
    }
    if (this.state !== "closed") {
      const answer = await post(`/attempts/${this.id}/hand-in`, { sheet: await this.named });
      if (answer.status !== 200) return answer.words || spoken("The server does not answer. Try again in a moment.");
    }
    this.end();
    return "";
  }

  // Time is over: what was saved counts, and a last try to save the rest.
  async timeIsOver() {
    if (this.ending) return;
    this.ending = true;
    await this.send(false);
    const answer = await post(`/attempts/${this.id}/hand-in`, { sheet: await this.named });
    if (answer.status === 200) this.end();
    else setTimeout(() => (this.ending = false), 3000);
  }

  end() {
    this.state = "closed";
    for (const key of keys()) if (key.startsWith(PREFIX + this.id + ".")) forget(key);
    this.tell();
  }

  // --- who listens ------------------------------------------------------------------------------------------

  watch(listener) {
    this.listeners.add(listener);
    listener(this);
    return () => this.listeners.delete(listener);
  }

  tell() {
    for (const listener of this.listeners) listener(this);
  }

  listen() {
    let left = null;
    const leave = () => {
      if (left !== null) return;
      left = Date.now();
      this.see("focus_lost");
      this.send(false);
    };
    const comeBack = () => {
      if (left === null || document.hidden || !document.hasFocus()) return;
      this.see("focus_back", Date.now() - left);
      left = null;
      this.send(true);
    };
    document.addEventListener("visibilitychange", () => (document.hidden ? leave() : comeBack()));
    window.addEventListener("blur", leave);
    window.addEventListener("focus", comeBack);
    window.addEventListener("pagehide", () => this.send(false));
    window.addEventListener("online", () => this.schedule(0));
    document.addEventListener("fullscreenchange", () =>
      this.see(document.fullscreenElement ? "fullscreen_entered" : "fullscreen_left"),
    );
  }
}

async function post(path, message) {
  const body = JSON.stringify(message);
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), TIMEOUT);
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body,
      keepalive: body.length < KEEPALIVE_LIMIT,
      signal: end.signal,
      credentials: "same-origin",
    });
    const content = await answer.json().catch(() => ({}));
    return { ...content, status: answer.status };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

function keys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

function store(key, draft) {
  try {
    const there = load(key);
    if (!there || there.sequence <= draft.sequence) localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // Full or forbidden: the page itself still holds it, and goes on trying.
  }
}

function load(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // as above
  }
}

function forgetOld() {
  for (const key of keys()) {
    if (key.startsWith(PREFIX) && (load(key)?.sequence ?? 0) < Date.now() - FORGET_AFTER) forget(key);
  }
}
