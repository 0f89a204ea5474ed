// What a lesson's page has to tell the server: events, each with a name of its own, and the place where the learner is.
// All of it waits in the browser's store until the server has taken it. The server counts an event once, however often
// it is sent; so a lost answer, a second tab and a restarted browser do no harm.

const PREFIX = "learncraft.outbox.";
const EVERY = 10_000;
const MOST = 150; // events of one message
const KEEPALIVE_LIMIT = 60_000;
const PATIENCE = [2000, 5000, 10_000, 30_000, 60_000];
const TOO_OLD = 29 * 24 * 3600 * 1000; // the server refuses what is older than 30 days

const boxes = (window.learncraftOutboxes ??= new Map());

export function outboxOf(viewer, lesson) {
  const name = `${viewer}.${lesson}`;
  let box = boxes.get(name);
  if (!box) boxes.set(name, (box = new Outbox(viewer, lesson)));
  return box;
}

// What was left over from other lessons of the same person.
export function sendLeftovers(viewer) {
  const start = `${PREFIX}${viewer}.`;
  const lessons = new Set(keys(start).map((key) => key.slice(start.length).split(".")[0]));
  for (const lesson of lessons) outboxOf(viewer, lesson).soon();
}

class Outbox {
  constructor(viewer, lesson) {
    this.lesson = lesson;
    this.start = `${PREFIX}${viewer}.${lesson}.`;
    this.memory = new Map(); // where the browser lends no store
    this.failures = 0;
    this.sending = null;
    this.listeners = new Set();
    this.timer = null;
    addEventListener("online", () => this.soon());
    addEventListener("pagehide", () => this.flush(true));
    document.addEventListener("visibilitychange", () => document.hidden && this.flush(true));
  }

  record(type, columns, data) {
    const id = newName();
    this.keep(`event.${id}`, { id, type, occurred_at: new Date().toISOString(), ...columns, ...(data && { data }) });
    this.schedule(EVERY);
    this.tell();
  }

  // Only the newest place counts. Parts of it that this one doesn't name stay.
  place(place) {
    const known = this.load("place") ?? {};
    this.keep("place", { ...known, ...place, at: new Date().toISOString(), isNew: true });
    this.schedule(EVERY);
  }

  lastPlace() {
    return this.load("place");
  }

  waiting() {
    return this.names().filter((name) => name.startsWith("event.")).length;
  }

  soon() {
    this.schedule(0);
  }

  schedule(wait) {
    if (this.timer && wait) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.flush(false);
    }, wait);
  }

  flush(isLast) {
    if (this.sending && !isLast) return this.sending;
    this.sending = this.send(isLast).finally(() => (this.sending = null));
    return this.sending;
  }

  async send(isLast) {
    const names = this.names().filter((name) => name.startsWith("event.")).slice(0, MOST);
    const events = names.map((name) => this.load(name)).filter(Boolean);
    const place = this.load("place");
    if (!events.length && !place?.isNew) return;
    const { isNew, ...position } = place ?? {};
    const message = { lesson_id: this.lesson, sent_at: new Date().toISOString(), events };
    if (isNew) message.position = position;
    const body = JSON.stringify(message);
    let answer = null;
    try {
      answer = await fetch("/events/beacon", {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body,
        keepalive: isLast && body.length < KEEPALIVE_LIMIT,
        credentials: "same-origin",
      });
    } catch {
      answer = null;
    }
    this.isSignedOut = answer?.status === 401;
    if (answer?.status === 200 || [400, 404, 413].includes(answer?.status)) {
      // Taken; or never to be taken, as the lesson is gone.
      this.failures = 0;
      for (const name of names) this.drop(name);
      const newest = this.load("place");
      if (isNew && newest?.at === place.at) this.keep("place", position);
      if (this.waiting()) this.schedule(0);
    } else {
      this.failures += 1;
      const asked = 1000 * Number(answer?.headers.get("Retry-After") || 0);
      this.forgetOld();
      this.schedule(Math.max(asked, PATIENCE[Math.min(this.failures, PATIENCE.length) - 1]));
    }
    this.tell();
  }

  watch(listener) {
    this.listeners.add(listener);
    listener(this);
    return () => this.listeners.delete(listener);
  }

  tell() {
    for (const listener of this.listeners) listener(this);
  }

  forgetOld() {
    for (const name of this.names()) {
      const event = name.startsWith("event.") && this.load(name);
      if (event && Date.parse(event.occurred_at) < Date.now() - TOO_OLD) this.drop(name);
    }
  }

  names() {
    return [...new Set([...this.memory.keys(), ...keys(this.start).map((key) => key.slice(this.start.length))])];
  }

  keep(name, value) {
    try {
      localStorage.setItem(this.start + name, JSON.stringify(value));
      this.memory.delete(name);
    } catch {
      this.memory.set(name, value);
    }
  }

  load(name) {
    if (this.memory.has(name)) return this.memory.get(name);
    try {
      return JSON.parse(localStorage.getItem(this.start + name));
    } catch {
      return null;
    }
  }

  drop(name) {
    this.memory.delete(name);
    try {
      localStorage.removeItem(this.start + name);
    } catch {
      // then it was never there
    }
  }
}

export function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function keys(start) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(start));
  } catch {
    return [];
  }
}
