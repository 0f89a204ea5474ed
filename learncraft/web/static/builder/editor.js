// The editor of one lesson: what it says of itself, its blocks, and what stands beside them.

import { blocksOf, TYPES } from "./blocks.js";
import { chooserOf } from "./choosing.js";
import { conflictOf } from "./conflict.js";
import { Draft } from "./draft.js";
import { button, element, icon, put } from "./elements.js";
import { same } from "./merge.js";
import { remarksOf } from "./remarks.js";
import { talk } from "./talk.js";
import { LANGUAGE, spoken } from "./words.js";

export function editorOf(root, lesson, { frozen, course, formulas, questions, lab, personas, retitled, addresses }) {
  const draft = new Draft(lesson, { frozen });
  let text = draft.text;
  let named = text.title; // the last title that was one
  let isShowing = false;
  const bar = element("div", { className: "bar" });
  const saved = element("span", { className: "saved", aria: { role: "status" } });
  const others = element("span", { className: "others", aria: { role: "status" } });
  const links = element("span", { className: "links" });
  bar.append(others, element("span", { className: "space" }), links, saved);
  const notice = element("div", { className: "notice", aria: { role: "status" } });
  const over = element("div");
  const form = element("fieldset", { className: "form" }, element("legend", { className: "hidden", textContent: spoken("Lesson") }));
  const remarks = element("div");
  root.append(bar, notice, over, remarks, form);
  for (const [words, symbol, address] of addresses(lesson.id)) {
    links.append(element("a", { href: address, target: "_self" }, icon(symbol), words));
  }

  const give = (values) => {
    if (isShowing) return;
    text = { ...text, ...values };
    if (text.title.trim()) named = text.title;
    draft.record({ ...text, title: named }); // what else is typed doesn't wait for a title
    retitled(lesson.id, named, !text.blocks.length);
    suggest();
  };

  // --- fields -----------------------------------------------------------------------------------------------

  const title = field("input", spoken("Title"), "title", { className: "big", maxLength: 500 });
  title.addEventListener("blur", () => {
    if (title.value.trim()) return;
    put(title, named);
    give({ title: named });
    draft.say(spoken("A lesson needs a title, so it keeps “{title}”.", { title: named }));
  });
  const minutes = element("input", { type: "number", min: 0, max: 6000, aria: { label: spoken("Minutes") } });
  minutes.addEventListener("input", () => give({ minutes: Math.min(6000, Math.max(0, Math.round(Number(minutes.value) || 0))) }));
  const suggestion = button("", "schedule", () => {
    give({ minutes: suggested });
    put(minutes, String(suggested));
    suggestion.hidden = true;
  }, { kind: "small" });
  suggestion.hidden = true;
  const free = tick(spoken("Free preview"), "is_free");
  const visible = tick(spoken("Visible to learners"), "is_published");
  form.append(title, element("div", { className: "inline" }, element("label", { className: "amount" }, minutes, spoken("min")), suggestion, free.label, visible.label));

  let suggested = 0;
  let asking = null;
  function suggest() {
    clearTimeout(asking);
    asking = setTimeout(async () => {
      const answer = await talk(`/authoring/lessons/${lesson.id}/preview`, { blocks: text.blocks });
      if (answer.status !== 200) return;
      suggested = answer.minutes;
      suggestion.hidden = !suggested || suggested === text.minutes || frozen;
      suggestion.lastChild.textContent = spoken("The content suggests {minutes} min", { minutes: suggested });
      suggestion.setAttribute("aria-label", spoken("Set the length to {minutes} minutes, as the content suggests", { minutes: suggested }));
    }, 900);
  }

  const place = element("div");
  form.append(place);
  const blocks = blocksOf(place, { lesson, course, formulas, questions, lab: `${lab}?lesson=${lesson.id}`, changed: (list) => give({ blocks: list }) });

  // Beside the form: while a course is in review nothing of it may change, but people speak about it.
  remarksOf(remarks, lesson, { questions, blocks: () => text.blocks, focus: (id) => blocks.focus(id) });

  const summary = section(spoken("Summary, objectives and resources"), "flag");
  const description = element("textarea", { placeholder: spoken("What the lesson is about, in a sentence or two"), aria: { label: spoken("Summary") } });
  description.addEventListener("input", () => give({ description: description.value }));
  const objectives = element("textarea", { placeholder: spoken("What learners can do afterwards, one line each"), aria: { label: spoken("Learning objectives") } });
  objectives.addEventListener("input", () => give({ learning_objectives: linesOf(objectives.value) }));
  const resources = element("textarea", { placeholder: spoken("What to read beside it, one line each: Title | https://address"), aria: { label: spoken("Resources") } });
  resources.addEventListener("input", () => give({ resources: resourcesOf(resources.value) }));
  // What stands in a field hides its hint, so a word above says what it is.
  for (const one of [description, objectives, resources]) {
    summary.append(element("div", {}, element("p", { className: "note", textContent: one.getAttribute("aria-label"), aria: { hidden: "true" } }), one));
  }

  const variants = section(spoken("Other words for personas"), "groups");
  const variantList = element("div");
  variants.append(
    element("p", { className: "note", textContent: spoken("What learners of a persona read instead of the whole lesson, or instead of one block.") }),
    variantList,
    adder(),
  );
  form.append(summary.parentElement, variants.parentElement);

  function field(tag, label, key, more) {
    const made = element(tag, { placeholder: label, aria: { label }, ...more });
    made.addEventListener("input", () => give({ [key]: made.value }));
    return made;
  }

  function tick(words, key) {
    const input = element("input", { type: "checkbox" });
    input.addEventListener("change", () => give({ [key]: input.checked }));
    return { input, label: element("label", { className: "tick" }, input, words) };
  }

  function section(words, symbol) {
    const body = element("div", { className: "fields" });
    element("details", { className: "more" }, element("summary", {}, icon(symbol), words), body);
    return body;
  }

  function adder() {
    const free = () => personas.filter((persona) => !text.variants.some((one) => one.persona_key === persona && one.content_key === "lesson"));
    return chooserOf(spoken("Add words for a persona"), () => free().map((persona) => [persona, persona.replaceAll("_", " "), "person"]), (persona_key) => {
      give({ variants: [...text.variants, { persona_key, content_key: "lesson", blocks: [], is_published: false }] });
      drawVariants();
    });
  }

  function drawVariants() {
    variantList.replaceChildren(
      ...text.variants.map((variant, number) => {
        const set = (values) => give({ variants: text.variants.map((one, at) => (at === number ? { ...one, ...values } : one)) });
        const shown = element("input", { type: "checkbox", checked: variant.is_published });
        shown.addEventListener("change", () => set({ is_published: shown.checked }));
        const target = element("select", { aria: { label: spoken("What it replaces") } }, element("option", { value: "lesson", textContent: spoken("Instead of the whole lesson") }));
        for (const block of text.blocks) {
          target.append(element("option", { value: block.id, textContent: spoken("Instead of: {name}", { name: `${TYPES[block.type][0]} ${(block.title || block.text || "").slice(0, 40)}` }) }));
        }
        const taken = text.variants.filter((one, at) => at !== number && one.persona_key === variant.persona_key).map((one) => one.content_key);
        for (const option of target.options) option.disabled = taken.includes(option.value);
        target.value = variant.content_key;
        target.addEventListener("change", () => {
          set({ content_key: target.value });
          drawVariants();
        });
        const remove = button(spoken("Remove"), "delete", () => {
          give({ variants: text.variants.filter((_, at) => at !== number) });
          drawVariants();
        }, { kind: "small" });
        const card = element("section", { className: "card" }, element("div", { className: "inline" }, element("strong", { textContent: variant.persona_key.replaceAll("_", " ") }), target, element("label", { className: "tick" }, shown, spoken("Learners see it")), remove));
        const body = element("div");
        card.append(body);
        blocksOf(body, { lesson, course, formulas, questions, only: ["markdown", "html", "callout", "code", "image"], changed: (list) => set({ blocks: list }) }).show(variant.blocks);
        return card;
      }),
    );
  }

  // --- showing ----------------------------------------------------------------------------------------------

  function show(fresh) {
    isShowing = true;
    const hadVariants = text.variants;
    text = fresh;
    named = fresh.title;
    put(title, fresh.title);
    put(minutes, String(fresh.minutes));
    put(description, fresh.description);
    if (!same(linesOf(objectives.value), fresh.learning_objectives)) put(objectives, fresh.learning_objectives.join("\n"));
    if (!same(resourcesOf(resources.value), fresh.resources)) {
      put(resources, fresh.resources.map((one) => (one.url && one.url !== one.title ? `${one.title} | ${one.url}` : one.title)).join("\n"));
    }
    free.input.checked = fresh.is_free;
    visible.input.checked = fresh.is_published;
    blocks.show(fresh.blocks);
    if (hadVariants !== fresh.variants || !variantList.children.length) drawVariants();
    isShowing = false;
    retitled(lesson.id, fresh.title, !fresh.blocks.length);
    suggest();
  }

  draft.replaced = show;
  show(draft.text);
  let shownConflict = null;
  draft.watch(() => {
    const [words, kind] = standing(draft);
    if (saved.textContent !== words) saved.textContent = words;
    saved.className = `saved ${kind}`;
    others.replaceChildren(...alsoHere(draft).map(([symbol, said]) => element("span", {}, icon(symbol), said)));
    if (notice.textContent !== told(draft)) notice.textContent = told(draft);
    if (draft.conflict !== shownConflict) {
      shownConflict = draft.conflict;
      over.replaceChildren(...(draft.conflict ? [conflictOf(draft)] : []));
      over.querySelector("input")?.focus();
    }
    form.disabled = ["conflict", "in-review", "gone"].includes(draft.state);
  });

  return {
    id: lesson.id,
    retitle(words) {
      put(title, words);
      give({ title: words });
    },
    title: () => named,
    mark: (id) => blocks.mark(id),
    end: () => draft.end(),
  };
}

function alsoHere(draft) {
  const said = [];
  const names = new Intl.ListFormat(LANGUAGE).format(draft.others);
  if (draft.others.length === 1) said.push(["group", spoken("{name} has this lesson open too", { name: names })]);
  else if (draft.others.length) said.push(["group", spoken("{names} have this lesson open too", { names })]);
  if (draft.isOpenTwice) said.push(["tab", spoken("You have this lesson open in another tab")]);
  return said;
}

function standing(draft) {
  if (draft.state === "in-review") return [spoken("In review"), ""];
  if (draft.state === "conflict") return [spoken("Not saved: choose below"), "not"];
  if (draft.state === "gone") return [spoken("Deleted meanwhile"), "not"];
  if (draft.failures) return [spoken("Not saved yet, retrying"), "not"];
  if (draft.isDirty) return [spoken("Saving…"), ""];
  if (draft.savedAt) return [spoken("Saved {time}", { time: draft.savedAt.toLocaleTimeString(LANGUAGE, { hour: "2-digit", minute: "2-digit" }) }), "done"];
  return [spoken("Saved as you type"), ""];
}

function told(draft) {
  if (draft.state === "in-review") return spoken("The course is in review, so it stays as it is. Withdraw it from the review to change it.");
  if (draft.state === "gone") return spoken("Somebody deleted this lesson. What you typed is kept in this browser; bring the lesson back in the outline.");
  if (draft.state === "signed-out") return spoken("You are signed out. What you typed is kept in this browser and is saved once you sign in again in another tab.");
  return draft.words;
}

const linesOf = (typed) => typed.split("\n").map((line) => line.trim()).filter(Boolean);

function resourcesOf(typed) {
  return linesOf(typed).map((line) => {
    const at = line.lastIndexOf("|");
    return at < 0 ? { title: line, url: /^https?:\/\//.test(line) ? line : "" } : { title: line.slice(0, at).trim(), url: line.slice(at + 1).trim() };
  });
}
