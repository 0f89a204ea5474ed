// What is typed and chosen in a block, by its type. Each gives a function that shows a block in its fields; those that
// show a file give the way to bring one in, too.

import { bringing, filesOf } from "./bringing.js";
import { button, element, put } from "./elements.js";
import { asHtml, asMarkdown } from "./pasting.js";
import { spoken } from "./words.js";

export const FIELDS = {
  section: (body, tools) => all(line(body, tools, "title", spoken("Title of the part"))),
  markdown: (body, tools) => all(area(body, tools, "text", spoken("Text in Markdown"))),
  html: (body, tools) => all(area(body, tools, "html", spoken("HTML"), "code")),
  code: (body, tools) => all(line(body, tools, "language", spoken("Language, such as python")), area(body, tools, "code", spoken("Code"), "code")),
  callout: (body, tools) =>
    all(choose(body, tools, "kind", spoken("Kind"), () => [["note", spoken("Note")], ["tip", spoken("Tip")], ["warning", spoken("Warning")]]), area(body, tools, "text", spoken("Text in Markdown"))),
  image: (body, tools) =>
    taking(
      body, tools, spoken("Upload a picture"), "image",
      choose(body, tools, "file_id", spoken("Image file"), (parts) => named(parts.files.filter((one) => one.kind.startsWith("image/")), spoken("Choose an image of the course…"))),
      line(body, tools, "alt", spoken("What it shows, for those who can't see it")),
      line(body, tools, "caption", spoken("Caption")),
    ),
  file: (body, tools) =>
    taking(body, tools, spoken("Upload a file"), "file", choose(body, tools, "file_id", spoken("File"), (parts) => named(parts.files, spoken("Choose a file of the course…"))), line(body, tools, "title", spoken("What the link says"))),
  video: videoFields,
  quiz: quizFields,
  lab: labFields,
  embed: (body, tools) => all(line(body, tools, "url", spoken("https address of the page"), "url"), line(body, tools, "title", spoken("What it is, for those who can't see it"))),
};

const all = (...shows) => (block) => shows.forEach((show) => show(block));

// The fields of a block that shows a file, and the button that brings one in, behind the first of them.
function taking(body, tools, words, type, ...shows) {
  const { root, take } = bringing(words, type, {
    send: tools.bring,
    done: async (came, file) => {
      await tools.came();
      tools.set(type === "video" ? { video_id: came.video } : { file_id: came.file, ...(type === "file" && !tools.now().title && { title: file.name }) });
      show(tools.now());
    },
  });
  body.firstChild.after(root);
  const show = all(...shows);
  return { show, take };
}

const named = (list, first) => [["", first], ...list.map((one) => [one.id, one.note ? `${one.title} (${one.note})` : one.title])];

function line(body, { set }, key, label, type = "text") {
  const input = element("input", { type, placeholder: label, maxLength: 1000, aria: { label } });
  input.addEventListener("input", () => set({ [key]: input.value }));
  body.append(input);
  return (block) => put(input, block[key] ?? "");
}

function area(body, tools, key, label, kind = "") {
  const input = element("textarea", { placeholder: label, className: kind, spellcheck: kind !== "code", aria: { label } });
  input.addEventListener("input", () => tools.set({ [key]: input.value }));
  if (key !== "code") input.addEventListener("paste", (event) => pasted(event, input, tools, key === "html"));
  body.append(input);
  return (block) => put(input, block[key] ?? "");
}

// A picture from the clipboard becomes one of the course; what has headings, lists or tables keeps them.
async function pasted(event, input, tools, isHtml) {
  const from = event.clipboardData;
  const picture = filesOf(from).find((file) => file.type.startsWith("image/"));
  if (picture && !from.getData("text/plain")) {
    event.preventDefault();
    const said = element("p", { className: "note", aria: { role: "status" } });
    input.after(said);
    const came = await tools.bring(picture, (words) => (said.textContent = words));
    if (came) {
      said.remove();
      const address = `/media/${came.file}/picture`;
      write(input, isHtml ? `<img src="${address}" alt="">` : `![](${address})`);
      const at = input.selectionStart - (isHtml ? 2 : address.length + 3); // where its description goes
      input.setSelectionRange(at, at);
    }
    return;
  }
  const written = (isHtml ? asHtml : asMarkdown)(from.getData("text/html"));
  if (!written) return;
  event.preventDefault();
  write(input, written);
}

const MANY_LINES = 200; // from which on browsers take their time to insert them one by one

// As if it was typed, so that it can be taken back by the browser's own keys.
function write(input, words) {
  input.focus();
  const isShort = words.split("\n").length < MANY_LINES;
  if (isShort && input.ownerDocument.execCommand("insertText", false, words)) return;
  input.setRangeText(words, input.selectionStart, input.selectionEnd, "end");
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function choose(body, { set, parts }, key, label, options) {
  const input = element("select", { aria: { label } });
  input.addEventListener("change", () => set({ [key]: input.value || null }));
  body.append(input);
  let last = "";
  return (block) => {
    const list = options(parts());
    const value = block[key] ?? "";
    if (value && !list.some(([id]) => id === value)) list.push([value, spoken("Something that is not here any more")]);
    const now = JSON.stringify(list);
    if (now !== last) input.replaceChildren(...list.map(([id, words]) => element("option", { value: id, textContent: words })));
    last = now;
    put(input, value);
  };
}

function videoFields(body, tools) {
  const shown = choose(body, tools, "video_id", spoken("Video"), (parts) => named(parts.videos, spoken("Choose a video of this lesson…")));
  const stands = element("p", { className: "note", aria: { role: "status" } });
  const showing = (block) => {
    shown(block);
    const words = tools.parts().videos.find((one) => one.id === block.video_id)?.stands ?? "";
    if (stands.textContent !== words) stands.textContent = words;
  };
  const made = taking(body, tools, spoken("Upload a film"), "video", showing);
  const title = element("input", { type: "text", placeholder: spoken("Title"), aria: { label: spoken("Title of the video") } });
  const url = element("input", { type: "url", placeholder: spoken("https address of a YouTube video or an .mp4"), aria: { label: spoken("Address of the video") } });
  const said = element("p", { className: "note", aria: { role: "status" } });
  const add = button(spoken("Add by address"), "add_link", async () => {
    add.disabled = true;
    const answer = await tools.make({ make: "video", title: title.value, url: url.value });
    add.disabled = false;
    said.textContent = answer.status === 200 ? "" : answer.words || spoken("The server does not answer. Try again in a moment.");
    if (answer.status !== 200) return;
    tools.set({ video_id: answer.made });
    showing({ video_id: answer.made });
    title.value = url.value = "";
  }, { kind: "small" });
  body.append(stands, element("div", { className: "inline" }, title, url, add), said);
  return made;
}

function quizFields(body, tools) {
  const link = element("a", { className: "small", target: "_blank", textContent: spoken("Edit its questions") });
  const shown = choose(body, tools, "assessment_id", spoken("Quiz"), (parts) => named(parts.assessments, spoken("Choose a quiz of this lesson…")));
  const said = element("p", { className: "note", aria: { role: "status" } });
  const show = (block) => {
    shown(block);
    link.hidden = !block.assessment_id || !tools.questions;
    for (const one of fresh) one.hidden = Boolean(block.assessment_id);
    link.href = `${tools.questions}?id=${block.assessment_id}`;
  };
  const add = (kind, words, title) =>
    button(words, "add", async () => {
      for (const one of fresh) one.hidden = true; // a second click would make a second one
      const answer = await tools.make({ make: kind, title });
      if (answer.status !== 200) for (const one of fresh) one.hidden = false;
      said.textContent = answer.status === 200 ? "" : answer.words || spoken("The server does not answer. Try again in a moment.");
      if (answer.status !== 200) return;
      tools.set({ assessment_id: answer.made });
      show({ assessment_id: answer.made });
    }, { kind: "small" });
  const fresh = [add("quiz", spoken("New quiz"), spoken("Quiz")), add("practice", spoken("New practice"), spoken("Practice"))];
  body.append(element("div", { className: "inline" }, ...fresh, link), said);
  return show;
}

// A lesson has one lab at most: it is made here, and written on a page of its own.
function labFields(body, tools) {
  const link = element("a", { className: "small", target: "_blank", textContent: spoken("Write the lab") });
  const shown = choose(body, tools, "lab_id", spoken("Lab"), (parts) => named(parts.labs, parts.labs.length ? spoken("Choose a lab…") : spoken("This lesson has no lab yet")));
  const said = element("p", { className: "note", aria: { role: "status" } });
  const show = (block) => {
    shown(block);
    link.hidden = !block.lab_id || !tools.lab;
    link.href = tools.lab;
    fresh.hidden = Boolean(block.lab_id) || tools.parts().labs.length > 0;
  };
  const fresh = button(spoken("New lab"), "add", async () => {
    fresh.hidden = true; // a second click has nothing to do
    const answer = await tools.make({ make: "lab", title: spoken("Lab") });
    if (answer.status !== 200) fresh.hidden = false;
    said.textContent = answer.status === 200 ? "" : answer.words || spoken("The server does not answer. Try again in a moment.");
    if (answer.status !== 200) return;
    tools.set({ lab_id: answer.made });
    show({ lab_id: answer.made });
  }, { kind: "small" });
  body.append(element("div", { className: "inline" }, fresh, link), said);
  return show;
}
