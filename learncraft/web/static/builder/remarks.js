// What reviewers and authors say to each other at the lesson that is open: said, answered, settled.

import { TYPES } from "./blocks.js";
import { button, element, icon } from "./elements.js";
import { shelf, talk, why } from "./talk.js";
import { LANGUAGE, spoken } from "./words.js";

const PREFIX = "learncraft.remark.";

export function remarksOf(root, lesson, { questions, blocks, focus }) {
  const address = `/authoring/lessons/${lesson.id}/remarks`;
  let all = [];
  const head = element("span");
  const list = element("div");
  const said = element("p", { className: "note", aria: { role: "status" } });
  const about = element("select", { aria: { label: spoken("What the remark is about") } });
  const panel = element("details", { className: "remarks" }, element("summary", {}, icon("forum"), head), list, writing(), said);
  panel.addEventListener("toggle", choices);
  root.append(panel);

  async function ask(message) {
    const answer = await talk(address, message);
    said.textContent = answer.status === 200 ? "" : why(answer);
    if (answer.status !== 200) return false;
    all = answer.remarks;
    draw();
    return true;
  }

  // --- writing ------------------------------------------------------------------------------------------------

  // What is typed stays in this browser until it is sent, whatever becomes of the page.
  function area(label, name) {
    const key = `${PREFIX}${lesson.id}.${name}`;
    const input = element("textarea", { placeholder: label, maxLength: 5000, aria: { label } });
    input.value = shelf.get(key) ?? "";
    input.addEventListener("input", () => (input.value ? shelf.put(key, input.value) : shelf.drop(key)));
    const send = async (message) => {
      if (!(await ask({ ...message, body: input.value }))) return;
      input.value = "";
      shelf.drop(key);
    };
    return { input, send };
  }

  function writing() {
    const { input, send } = area(spoken("Say something about this lesson"), "new");
    const press = button(spoken("Send the remark"), "send", () => send({ do: "say", block: about.value || null }), { kind: "small" });
    return element("div", { className: "fields" }, about, input, element("div", { className: "inline" }, press));
  }

  function choices() {
    const before = about.value;
    about.replaceChildren(element("option", { value: "", textContent: spoken("About the lesson as a whole") }));
    for (const one of blocks()) about.append(element("option", { value: one.id, textContent: spoken("About: {name}", { name: nameOf(one) }) }));
    about.value = [...about.options].some((one) => one.value === before) ? before : "";
  }

  const nameOf = (block) => [TYPES[block.type][0], (block.title || block.text || block.alt || "").slice(0, 40)].filter(Boolean).join(" ");

  // --- showing ------------------------------------------------------------------------------------------------

  function place(one) {
    if (one.assessment) {
      if (one.questionGone) return spoken("At a question of “{title}” that was taken out", { title: one.assessmentTitle });
      const link = element("a", { target: "_blank", textContent: `${one.assessmentTitle}: ${one.questionText || spoken("the assessment")}` });
      link.href = `${questions}?id=${one.assessment}${one.question ? `&question=${one.question}` : ""}`;
      return link;
    }
    if (!one.block) return spoken("At the lesson");
    const block = blocks().find((each) => each.id === one.block);
    if (!block) return spoken("At a block that was taken out");
    return button(nameOf(block), "arrow_downward", () => focus(one.block), { kind: "small", label: spoken("Go to: {name}", { name: nameOf(block) }) });
  }

  function card(one) {
    const { input, send } = area(spoken("Your answer"), one.id);
    const settle = button(one.settled ? spoken("Take it up again") : spoken("Settle"), one.settled ? "undo" : "check", () => ask({ do: one.settled ? "reopen" : "settle", id: one.id }), { kind: "small" });
    return element(
      "section",
      { className: `remark ${one.settled ? "settled" : ""}`, aria: { label: spoken("Remark of {name}", { name: one.by || spoken("Somebody") }) } },
      element("p", { className: "note" }, `${one.by || spoken("Somebody whose account is closed")}, ${when(one.at)} · `, place(one)),
      element("p", { textContent: one.body }),
      ...one.answers.map((each) => element("p", { className: "answer" }, element("span", { className: "note", textContent: `${each.by || spoken("Somebody")}, ${when(each.at)}: ` }), each.body)),
      one.settled ? element("p", { className: "note", textContent: spoken("Settled by {name}, {time}", { name: one.settledBy || spoken("Somebody"), time: when(one.settled) }) }) : input,
      element("div", { className: "inline" }, ...(one.settled ? [] : [button(spoken("Answer"), "reply", () => send({ do: "answer", id: one.id }), { kind: "small" })]), settle),
    );
  }

  function draw() {
    const open = all.filter((one) => !one.settled).length;
    head.textContent = open ? spoken("Remarks ({count} open)", { count: open }) : all.length ? spoken("Remarks ({count} settled)", { count: all.length }) : spoken("Remarks");
    list.replaceChildren(...all.map(card));
    choices();
    if (open && !panel.dataset.shown) panel.open = true;
    panel.dataset.shown = "yes";
  }

  choices();
  head.textContent = spoken("Remarks");
  ask();
}

const when = (at) => new Date(at).toLocaleString(LANGUAGE, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
