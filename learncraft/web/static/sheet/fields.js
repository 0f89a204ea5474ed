// A field for one question: shows what is kept, gives on what changes.

import { program } from "./code.js";
import { element } from "./elements.js";
import { spoken } from "./words.js";

export function fieldOf(root, data, journal) {
  const note = element("p", { className: "note" });
  note.setAttribute("role", "status");
  const change = (response, atOnce) => journal.record(data.question, response, atOnce);
  const kind = KINDS[data.kind] ?? typed;
  const set = element("fieldset", {}, element("legend", { textContent: data.label }));
  const { show, isAnswered } = kind(set, data, change, note, journal);
  root.append(set, note);
  if (journal.isProctored) set.addEventListener("paste", () => journal.see("pasted"));
  const field = { show, isAnswered, say: (words) => (note.textContent = words) };
  journal.join(data.question, field, data.saved, data.sequence);
  const stop = journal.watch(() => {
    set.disabled = journal.state === "closed" || journal.state === "elsewhere" || journal.state === "asking";
  });
  return {
    update: (fresh) => journal.join(fresh.question, field, fresh.saved, fresh.sequence),
    end: stop,
  };
}

const KINDS = {
  multiple_choice: (set, data, change) => choices(set, data, "radio", (ids) => change({ option: ids[0] }, true), (r) => [r.option]),
  true_false: (set, data, change) =>
    choices(set, data, "radio", (ids) => change({ value: ids[0] === "true" }, true), (r) => [String(r.value)]),
  multi_select: (set, data, change) => choices(set, data, "checkbox", (ids) => change({ options: ids }, true), (r) => r.options),
  short_answer: written,
  fill_blank: typed,
  code: program,
};

function choices(set, data, type, change, idsOf) {
  const inputs = data.options.map((option) => {
    const input = element("input", { type, name: `q-${data.question}`, value: option.id });
    const text = element("span");
    text.innerHTML = option.html; // sanitised by the server
    set.append(element("label", { className: "choice" }, input, text));
    input.addEventListener("change", () => change(inputs.filter((one) => one.checked).map((one) => one.value)));
    return input;
  });
  let isTouched = false;
  set.addEventListener("change", () => (isTouched = true));
  return {
    show: (response) => {
      const ids = response ? idsOf(response) : [];
      for (const input of inputs) input.checked = ids.includes(input.value);
      isTouched = Boolean(response);
    },
    isAnswered: () => isTouched,
  };
}

function typed(set, data, change) {
  const name = "text";
  const input = textInput();
  input.setAttribute("aria-label", data.label);
  set.append(input);
  const give = (atOnce) => change({ [name]: input.value }, atOnce);
  input.addEventListener("input", () => give(false));
  input.addEventListener("change", () => give(true));
  return { show: (response) => put(input, response?.[name] ?? ""), isAnswered: () => input.value.trim() !== "" };
}

function textInput() {
  return element("input", { type: "text", maxLength: 10_000, autocomplete: "off" });
}

// The same text again must not move the caret.
function put(input, text) {
  if (input.value !== text) input.value = text;
}

function written(set, data, change, note, journal) {
  const input = element("textarea", { maxLength: 100_000 });
  input.setAttribute("aria-label", data.label);
  set.append(input);
  const files = data.upload ? uploads(set, data, () => give(true), note, journal) : null;
  const give = (atOnce) => change({ text: input.value, files: files ? files.ids() : [] }, atOnce);
  input.addEventListener("input", () => give(false));
  input.addEventListener("change", () => give(true));
  return {
    show: (response) => {
      put(input, response?.text ?? "");
      files?.show(response?.files ?? []);
    },
    isAnswered: () => input.value.trim() !== "" || Boolean(files?.ids().length),
  };
}

function uploads(set, data, changed, note, journal) {
  const { max_files: most, max_megabytes: megabytes, types } = data.upload;
  const known = new Map(data.files.map((file) => [file.id, file]));
  let ids = [];
  const list = element("ul", { className: "files" });
  const chooser = element("input", { type: "file", accept: types.map((type) => `.${type}`).join(","), className: "hidden" });
  chooser.setAttribute("aria-label", spoken("File for: {label}", { label: data.label }));
  chooser.tabIndex = -1;
  const button = element("button", { type: "button", className: "small", textContent: spoken("Add a file") });
  const rule = element("p", {
    className: "note",
    textContent: 
      most === 1
        ? spoken("Up to 1 file of {size} MB: {types}.", { size: megabytes, types: types.join(", ") })
        : spoken("Up to {most} files of {size} MB: {types}.", { most, size: megabytes, types: types.join(", ") }),
  });
  set.append(list, button, chooser, rule);
  const draw = () => {
    list.replaceChildren(
      ...ids.map((id) => {
        const file = known.get(id);
        const link = element("a", { textContent: file?.name ?? spoken("A file"), href: `/attempts/${data.attempt.id}/files/${id}/${encodeURIComponent(file?.name ?? "file")}` });
        const remove = element("button", { type: "button", className: "small", textContent: spoken("Remove") });
        remove.setAttribute("aria-label", spoken("Remove {name}", { name: file?.name ?? spoken("A file") }));
        remove.addEventListener("click", () => {
          ids = ids.filter((one) => one !== id);
          draw();
          changed();
        });
        return element("li", {}, element("span", {}, link), remove);
      }),
    );
    button.disabled = ids.length >= most;
  };
  button.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    chooser.value = "";
    if (!file) return;
    if (file.size > megabytes * 1024 * 1024) {
      note.textContent = spoken("The file is larger than {most} MB.", { most: megabytes });
      return;
    }
    note.textContent = `Sending ${file.name}…`;
    button.disabled = true;
    const answer = await send(data, file, await journal.named);
    note.textContent = answer.file ? "" : answer.words || spoken("The file did not arrive. Try again.");
    if (answer.file) {
      known.set(answer.file.id, answer.file);
      ids = [...ids, answer.file.id];
      changed();
    }
    draw();
  });
  return {
    ids: () => ids,
    show: (fresh) => {
      ids = [...fresh];
      draw();
    },
  };
}

async function send(data, file, tab) {
  const address = `/attempts/${data.attempt.id}/files?question=${data.question}&sheet=${tab}&name=${encodeURIComponent(file.name)}`;
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream", "X-LearnCraft-File": "1", Accept: "application/json" },
      body: file,
      credentials: "same-origin",
    });
    return await answer.json();
  } catch {
    return {};
  }
}
