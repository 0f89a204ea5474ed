// The parts of an answer sheet: the bar with the time and what is saved, a field for each question, and the hand-in.
// Streamlit mounts a part again whenever the page runs anew; the part then learns what is new and keeps what is typed.

import { journalOf } from "./journal.js";
import { element } from "./elements.js";
import { fieldOf } from "./fields.js";
import { STYLE } from "./style.js";
import { LANGUAGE, spoken } from "./words.js";

const parts = new WeakMap(); // what was mounted where
let style = null;

export function mount(component) {
  const { data, parentElement } = component;
  if (!data) return () => {};
  dress(parentElement);
  const journal = journalOf(data.attempt);
  let part = parts.get(parentElement);
  if (!part || part.name !== nameOf(data)) {
    part?.end();
    parentElement.querySelector(".sheet")?.remove();
    const root = element("div", { className: "sheet" });
    parentElement.append(root);
    part = { name: nameOf(data), ...PARTS[data.part](root, data, journal) };
    parts.set(parentElement, part);
  } else {
    part.update?.(data);
  }
  return () => {};
}

const PARTS = { bar, field: fieldOf, end };

function nameOf(data) {
  return `${data.part} ${data.attempt.id} ${data.question ?? ""}`;
}

function dress(root) {
  if (!("adoptedStyleSheets" in root) || root.adoptedStyleSheets.includes(style)) return;
  if (!style) {
    style = new CSSStyleSheet();
    style.replaceSync(STYLE);
  }
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, style];
}

// --- the bar --------------------------------------------------------------------------------------------------

function bar(root, data, journal) {
  const time = element("span", { className: "time" });
  time.setAttribute("role", "timer");
  time.setAttribute("aria-live", "off");
  const count = element("span");
  const saved = element("span", { className: "saved" });
  saved.setAttribute("role", "status");
  const wide = element("div", { className: "wide" });
  const heard = element("div", { className: "hidden" });
  heard.setAttribute("aria-live", "assertive");
  root.append(element("div", { className: "bar" }, time, count, saved, wide), heard);

  let announced = Infinity;
  const tick = () => {
    if (journal.deadline === null) return;
    const left = Math.max(0, Math.ceil((journal.deadline - journal.now()) / 1000));
    time.textContent = left ? spoken("{time} left", { time: clock(left) }) : spoken("Time is over");
    time.classList.toggle("soon", left < 300);
    for (const mark of [300, 60]) {
      if (left <= mark && left > mark - 20 && announced > mark) {
        announced = mark;
        heard.textContent = mark === 60 ? spoken("One minute left.") : spoken("Five minutes left.");
      }
    }
    if (!left && journal.state !== "closed") journal.timeIsOver();
  };
  const timer = setInterval(tick, 500);
  const stop = journal.watch(() => {
    tick();
    const answered = [...journal.fields.values()].filter((field) => field.isAnswered()).length;
    count.textContent = journal.fields.size ? spoken("{answered} of {all} answered", { answered, all: data.questions }) : "";
    const [words, kind] = standing(journal);
    if (saved.textContent !== words) saved.textContent = words;
    saved.className = `saved ${kind}`;
    notice(wide, journal);
    if (journal.state === "closed") goToResult();
  });
  return {
    update: (fresh) => (data = fresh),
    end: () => {
      clearInterval(timer);
      stop();
    },
  };
}

function standing(journal) {
  if (journal.state === "closed") return [spoken("Handed in"), "done"];
  if (journal.failures) return [spoken("Not saved yet, retrying"), "not"];
  if (journal.pending.size) return [spoken("Saving…"), ""];
  if (journal.savedAt) return [spoken("Saved {time}", { time: hour(journal.savedAt) }), "done"];
  return [spoken("Answers are saved as you type"), ""];
}

function notice(place, journal) {
  const key = `${journal.state} ${journal.failures ? journal.words : ""}`;
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren();
  if (journal.state === "signed-out") {
    const link = element("a", { href: "/auth/sign-in", target: "_blank", textContent: spoken("Sign in in a new tab") });
    place.append(spoken("You are signed out. Your answers are kept in this browser.") + " ", link, ", " + spoken("and they are saved."));
  } else if (journal.state === "elsewhere") {
    const since = journal.elsewhere?.since ? " " + spoken("since {time}", { time: hour(new Date(journal.elsewhere.since)) }) : "";
    const button = element("button", { className: "small", type: "button", textContent: spoken("Take over here") });
    button.addEventListener("click", () => journal.open(true));
    place.append(spoken("This attempt is open in another window or on another device{since}. Changing over is noted.", { since }) + " ", button);
  } else if (journal.isProctored && journal.state === "open") {
    const button = element("button", { className: "small", type: "button", textContent: spoken("Full screen") });
    button.addEventListener("click", () => document.documentElement.requestFullscreen?.().catch(() => {}));
    place.append(spoken("This attempt is watched: leaving the page, pasting and full screen are noted.") + " ", button);
  } else if (journal.failures && journal.words) {
    place.append(journal.words);
  }
}

let leaving = false;

function goToResult() {
  if (leaving) return;
  leaving = true;
  setTimeout(() => location.reload(), 300);
}

function clock(seconds) {
  const [hours, minutes, rest] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(Math.floor);
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function hour(moment) {
  return moment.toLocaleTimeString(LANGUAGE, { hour: "2-digit", minute: "2-digit" });
}

// --- the hand-in ----------------------------------------------------------------------------------------------

function end(root, data, journal) {
  const button = element("button", { className: "main", type: "button", textContent: spoken("Hand in") });
  const said = element("p", { className: "note" });
  said.setAttribute("role", "alert");
  root.append(element("div", { className: "end" }, button, said));
  let confirmed = false;
  button.addEventListener("click", async () => {
    const open = [...journal.fields.values()].filter((field) => !field.isAnswered()).length;
    if (open && !confirmed) {
      confirmed = true;
      said.textContent = open === 1 ? spoken("{open} question without an answer. Hand in once more to leave it so.", { open }) : spoken("{open} questions without an answer. Hand in once more to leave it so.", { open });
      return;
    }
    button.disabled = true;
    said.textContent = "";
    said.textContent = await journal.handIn();
    button.disabled = journal.state === "closed";
  });
  const stop = journal.watch(() => {
    button.disabled = journal.state === "closed" || journal.state === "elsewhere" || journal.state === "asking";
  });
  return { end: stop };
}
