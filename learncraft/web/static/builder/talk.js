// Questions to the server, and what becomes of them when it is away.

import { spoken } from "./words.js";

const TIMEOUT = 10_000;
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g; // comes with what is pasted; no database keeps it
const KEEPALIVE_LIMIT = 60_000; // bytes that a browser sends for a page that is going away

export async function talk(path, message) {
  const body = message === undefined ? undefined : JSON.stringify(message, writable);
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), TIMEOUT);
  try {
    const answer = await fetch(path, {
      method: body === undefined ? "GET" : "POST",
      headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body,
      keepalive: body !== undefined && body.length < KEEPALIVE_LIMIT,
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

function writable(_key, value) {
  return typeof value === "string" ? (value.toWellFormed?.() ?? value).replace(UNWRITABLE, "") : value;
}

export function why(answer) {
  if (answer.words) return answer.words;
  if (answer.status === 401) return spoken("You are signed out. Sign in in another tab, then try again.");
  return spoken("The server does not answer. Nothing was changed; try again in a moment.");
}

export function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// What was typed waits in the browser's own store until the server has it.
export const shelf = {
  keys(prefix) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  },
  put(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Full or forbidden: the page itself still holds it, and goes on trying.
    }
  },
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  drop(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // as above
    }
  },
};
