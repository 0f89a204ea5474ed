// One file on its way into a course, in pieces: a lost line or a restarted server costs one piece at most, and the same
// file chosen again goes on where it was. Used by the page of files and by the editor of lessons.

import { LANGUAGE, spoken } from "./words.js";

const PIECE = 8 * 1024 * 1024;
const PATIENCE = [1000, 2000, 4000, 8000, 15_000];
const SILENCE = 45_000; // ms without a byte after which a piece is sent again
const HEADERS = { "x-learncraft-file": "1" };

// `message` names the course, and the lesson or the file that it is for.
export class Sending {
  constructor(file, message, { sent = () => {}, waits = () => {} } = {}) {
    this.file = file;
    this.message = message;
    this.tells = { sent, waits };
    this.sent = 0;
    this.failures = 0;
    this.id = null;
    this.isOver = false;
  }

  // What the server made of the file: {file, video}; null when it was given up. What it refuses is thrown.
  async run() {
    while (!this.isOver) {
      try {
        const answer = await this.step();
        this.failures = 0;
        if (answer?.state === "kept") return answer;
      } catch (error) {
        if (error instanceof Refused) throw error;
        if (this.isOver) break;
        this.failures += 1;
        const wait = PATIENCE[Math.min(this.failures, PATIENCE.length) - 1];
        this.tells.waits(error.words || spoken("The line is lost. The upload goes on by itself when it is back."));
        await new Promise((resolve) => {
          this.wakeUp = resolve;
          setTimeout(resolve, wait);
        });
      }
    }
    return null;
  }

  wake() {
    this.wakeUp?.();
  }

  stop() {
    this.isOver = true;
    this.request?.abort();
    this.wake();
    if (this.id) talk("DELETE", `/uploads/${this.id}`).catch(() => {});
  }

  async step() {
    if (!this.id || this.failures) {
      const known = this.hear(await this.ask());
      if (known?.state === "kept") return known;
    }
    if (this.isOver) return null;
    return this.hear(await this.patch(this.file.slice(this.sent, this.sent + PIECE)));
  }

  // Begins the upload, or learns how much of it the server has.
  ask() {
    const { name, size, lastModified } = this.file;
    if (this.id) return talk("GET", `/uploads/${this.id}`);
    return talk("POST", "/uploads", { ...this.message, name, size, fingerprint: `${lastModified} ${size}` });
  }

  hear(answer) {
    if (answer.status === 409) {
      this.sent = answer.received;
    } else if (answer.status === 200) {
      this.id = answer.id;
      this.sent = answer.received;
      if (answer.state !== "kept") this.tells.sent(this.sent);
      return answer;
    } else if (answer.status === 404 && this.id) {
      throw new Refused(answer.words);
    } else if (answer.status >= 400 && answer.status < 500 && ![401, 408, 423, 429].includes(answer.status)) {
      throw new Refused(answer.words || spoken("The server did not take this file."));
    } else {
      const words = { 401: spoken("You are signed out. Sign in in another tab; the upload goes on then."), 423: answer.words };
      throw Object.assign(new Error("again"), { words: words[answer.status] || (answer.status === 503 && answer.words) });
    }
    return null;
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
        this.tells.sent(this.sent + event.loaded);
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
}

export class Refused extends Error {}

// How far a file has come, in words.
export function progress(file, sent) {
  if (sent >= file.size) return spoken("Checking…");
  return spoken("{percent} % of {size}", { percent: Math.floor((100 * sent) / file.size), size: size(file.size) });
}

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
