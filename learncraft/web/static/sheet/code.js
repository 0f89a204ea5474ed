// A field for a program: an editor that knows indents, a run with one's own input, and the tests that learners see.

import { element } from "./elements.js";
import { spoken } from "./words.js";

const INDENT = "    ";
const LONGEST_WAIT = 90_000;

const STYLE = `
  .code { font: .9rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; tab-size: 4; white-space: pre;
    overflow-x: auto; min-height: 14rem; width: 100%; box-sizing: border-box; resize: vertical; }
  .code-bar { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .5rem 0; }
  .code-results { list-style: none; margin: .25rem 0; padding: 0; display: grid; gap: .4rem; }
  .code-results li { border-left: 3px solid; padding: .1rem 0 .1rem .6rem; }
  .code-results .passed { border-color: #15803d; }
  .code-results .failed { border-color: #b91c1c; }
  .code-results strong { margin-right: .4rem; }
  .code-output { font: .85rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap;
    overflow-wrap: anywhere; max-height: 18rem; overflow-y: auto; margin: .25rem 0; padding: .5rem .75rem;
    border-radius: .5rem; background: rgb(128 128 128 / .12); }
  .code-stdin { width: 100%; box-sizing: border-box; min-height: 4rem; font: inherit; font-family: ui-monospace, monospace; }
`;

export function program(set, data, change) {
  const editor = element("textarea", { className: "code", spellcheck: false, maxLength: 50_000 });
  editor.setAttribute("aria-label", `${data.label}. ${spoken("Tab indents; press Escape, then Tab, to leave.")}`);
  for (const name of ["autocapitalize", "autocorrect", "autocomplete"]) editor.setAttribute(name, "off");
  const stdin = element("textarea", { className: "code-stdin", spellcheck: false, maxLength: 10_000 });
  stdin.setAttribute("aria-label", spoken("Input for the program"));
  const run = element("button", { type: "button", textContent: spoken("Run") });
  const test = element("button", { type: "button", textContent: spoken("Test") });
  const state = element("span", { className: "note" });
  state.setAttribute("role", "status");
  const shown = element("div");
  shown.setAttribute("aria-live", "polite");
  const input = element("details", {}, element("summary", { textContent: spoken("Input for Run") }), stdin);
  set.append(element("style", { textContent: STYLE }), editor, input);
  set.append(element("div", { className: "code-bar" }, run, test, state), shown);
  if (!data.tests) test.hidden = true;

  const give = (atOnce) => change({ code: editor.value }, atOnce);
  editor.addEventListener("input", () => give(false));
  editor.addEventListener("change", () => give(true));
  editor.addEventListener("keydown", (event) => keyed(event, editor));
  run.addEventListener("click", () => ask({ stdin: stdin.value }, printed));
  test.addEventListener("click", () => ask({ tests: true }, tested));

  async function ask(wish, show) {
    give(true);
    run.disabled = test.disabled = true;
    state.textContent = "Running…";
    const answer = await send(data, { question: data.question, code: editor.value, ...wish });
    run.disabled = test.disabled = false;
    state.textContent = "";
    shown.replaceChildren(...(answer.words ? [element("p", { className: "note", textContent: answer.words })] : show(answer)));
  }

  return {
    show: (response) => {
      const text = response?.code ?? data.starter ?? "";
      if (editor.value !== text) editor.value = text;
    },
    isAnswered: () => editor.value.trim() !== "" && editor.value !== (data.starter ?? ""),
  };
}

function printed(answer) {
  const parts = [];
  if (answer.output) parts.push(element("pre", { className: "code-output", textContent: answer.output }));
  if (answer.error) parts.push(element("pre", { className: "code-output", textContent: answer.error }));
  const words = answer.finished ? (answer.output ? "" : spoken("The program ended and printed nothing.")) : spoken("The program did not end well.");
  if (words) parts.push(element("p", { className: "note", textContent: words }));
  return parts;
}

function tested(answer) {
  const passed = answer.tests.filter((one) => one.passed).length;
  const list = answer.tests.map((one) => {
    const item = element("li", { className: one.passed ? "passed" : "failed" });
    item.append(element("strong", { textContent: one.passed ? spoken("Passed") : spoken("Not passed") }), one.title);
    if (one.words) item.append(element("div", { className: "note", textContent: one.words }));
    if (one.error) item.append(element("pre", { className: "code-output", textContent: one.error }));
    return item;
  });
  const whole = spoken("{passed} of {all} tests passed.", { passed, all: answer.tests.length });
  return [element("p", { className: "note", textContent: whole }), element("ul", { className: "code-results" }, ...list)];
}

// Tab indents, unless Escape was pressed just before: then it leaves the field, as everywhere else.
function keyed(event, editor) {
  const leaves = editor.dataset.leaves === "1";
  editor.dataset.leaves = event.key === "Escape" ? "1" : "";
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Tab" && !leaves) {
    event.preventDefault();
    indent(editor, event.shiftKey);
  } else if (event.key === "Enter") {
    event.preventDefault();
    const line = editor.value.slice(editor.value.lastIndexOf("\n", editor.selectionStart - 1) + 1, editor.selectionStart);
    insert(editor, "\n" + line.match(/^[ \t]*/)[0] + (/:\s*(#.*)?$/.test(line) ? INDENT : ""));
  }
}

function indent(editor, isBack) {
  const { selectionStart: from, selectionEnd: to, value } = editor;
  if (from === to && !isBack) return insert(editor, INDENT);
  const start = value.lastIndexOf("\n", from - 1) + 1;
  const block = value.slice(start, to);
  const moved = isBack ? block.replace(/^( {1,4}|\t)/gm, "") : block.replace(/^(?=.)/gm, INDENT);
  editor.setSelectionRange(start, to);
  insert(editor, moved);
  editor.setSelectionRange(from === to ? Math.max(start, from - (block.length - moved.length)) : start, start + moved.length);
}

// The browser's own undo keeps working with this, which assigning the value would end.
function insert(editor, text) {
  if (!document.execCommand("insertText", false, text)) {
    editor.setRangeText(text, editor.selectionStart, editor.selectionEnd, "end");
    editor.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

async function send(data, message) {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), LONGEST_WAIT);
  try {
    const answer = await fetch(`/attempts/${data.attempt.id}/run`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(message),
      credentials: "same-origin",
      signal: end.signal,
    });
    const content = await answer.json();
    return answer.ok ? content : { words: content.words || spoken("The program could not be run. Try again in a moment.") };
  } catch {
    return { words: spoken("The server does not answer. What you write is kept; run it again in a moment.") };
  } finally {
    clearTimeout(timer);
  }
}
