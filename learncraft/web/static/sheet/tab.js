// Which browser tab this is. A tab keeps its name when it is reloaded; a duplicated tab finds the name of the other in
// its store, which is in use, and takes one of its own. So a proctored attempt is written in one tab, as the rule says.

const KEY = "learncraft.tab";
const RELOAD = 600; // ms that a page which is just going away may hold on to the name

export function tabName() {
  return (window.learncraftTab ??= find());
}

async function find() {
  const known = remembered();
  if (known && (await isFree(known))) return known;
  const name = newName();
  try {
    sessionStorage.setItem(KEY, name);
  } catch {
    // forbidden: this page has its name for as long as it lives
  }
  await isFree(name);
  return name;
}

function remembered() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

// Whether no other page has the name; from then on this one has it. Locks are the browser's own and end with the page;
// where there are none (a page without https), the tabs ask each other.
async function isFree(name) {
  if (!navigator.locks) return isFreeByAsking(name);
  for (const until = Date.now() + RELOAD; ; await new Promise((go) => setTimeout(go, 100))) {
    if (await held(`${KEY}.${name}`)) return true;
    if (Date.now() > until) return false;
  }
}

function held(name) {
  return new Promise((answer) => {
    const whileOpen = new Promise(() => {});
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        answer(Boolean(lock));
        return lock ? whileOpen : undefined;
      })
      .catch(() => answer(true));
  });
}

function isFreeByAsking(name) {
  if (!("BroadcastChannel" in window)) return true;
  return new Promise((answer) => {
    const channel = new BroadcastChannel(KEY);
    let state = "asking";
    channel.onmessage = ({ data }) => {
      if (data.name !== name) return;
      if (data.kind === "asked" && state === "mine") channel.postMessage({ kind: "taken", name });
      if (data.kind === "taken" && state === "asking") {
        state = "another's";
        answer(false);
      }
    };
    channel.postMessage({ kind: "asked", name });
    setTimeout(() => {
      if (state !== "asking") return;
      state = "mine";
      answer(true);
    }, RELOAD / 2);
  });
}

function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
