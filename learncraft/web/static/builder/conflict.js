// Two people changed the same piece: both texts side by side, one choice for each piece, and nothing lost meanwhile.

import { button, element } from "./elements.js";
import { decide } from "./merge.js";

const NAMES = {
  title: "Title",
  description: "Summary",
  minutes: "Minutes",
  is_free: "Free preview",
  is_published: "Visible to learners",
  learning_objectives: "Learning objectives",
  resources: "Resources",
  variants: "Texts for personas",
};

export function conflictOf(draft) {
  const { merged, by } = draft.conflict;
  const other = by || "Somebody else";
  const choices = merged.overlaps.map(() => "mine");
  const pieces = merged.overlaps.map((overlap, number) => {
    const group = `choice-${number}`;
    const pick = (value, words, text) => {
      const input = element("input", { type: "radio", name: group, value, checked: value === "mine" });
      input.addEventListener("change", () => (choices[number] = value));
      return element("label", { className: "side" }, element("span", { className: "pick" }, input, words), text === null ? null : element("pre", { textContent: text }));
    };
    const sides = [pick("mine", "Yours", words(overlap, overlap.mine)), pick("theirs", other, words(overlap, overlap.theirs))];
    if (overlap.key === "block") sides.push(pick("both", "Keep both, one below the other", null));
    const name = overlap.key === "block" ? `Block: ${overlap.mine.type}` : NAMES[overlap.key];
    return element("fieldset", {}, element("legend", { textContent: name }), element("div", { className: "sides" }, ...sides));
  });
  const finish = (chosen, said) => draft.settle(decide(merged, chosen), said);
  return element(
    "div",
    { className: "conflict", aria: { role: "alertdialog", label: "Two people changed this lesson" } },
    element("h3", { textContent: `${other} changed the same words` }),
    element("p", { textContent: "Nothing is overwritten. Choose for each piece; what only one of you changed is merged already. Both texts stay in the history." }),
    ...pieces,
    element(
      "div",
      { className: "row-buttons" },
      button("Save this choice", "merge", () => finish(choices, "Your choice is saved."), { kind: "main" }),
      button("Take all of theirs", "", () => finish(choices.map(() => "theirs"), `${other}'s words are kept.`)),
      button("Keep all of mine", "", () => finish(choices.map(() => "mine"), "Your words are kept.")),
    ),
  );
}

function words(overlap, value) {
  if (overlap.key === "block") {
    return ["title", "text", "html", "code", "language", "alt", "caption", "url", "file_id", "video_id", "assessment_id", "lab_id"]
      .map((key) => value[key])
      .filter(Boolean)
      .join("\n");
  }
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (Array.isArray(value)) return value.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join("\n");
  return String(value);
}
