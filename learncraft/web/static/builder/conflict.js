// Two people changed the same piece: both texts side by side, one choice for each piece, and nothing lost meanwhile.

import { TYPES } from "./blocks.js";
import { button, element } from "./elements.js";
import { decide } from "./merge.js";
import { spoken } from "./words.js";

const NAMES = {
  title: spoken("Title"),
  description: spoken("Summary"),
  minutes: spoken("Minutes"),
  is_free: spoken("Free preview"),
  is_published: spoken("Visible to learners"),
  learning_objectives: spoken("Learning objectives"),
  resources: spoken("Resources"),
  variants: spoken("Texts for personas"),
};

export function conflictOf(draft) {
  const { merged, by, own } = draft.conflict;
  const other = own ? spoken("Your other tab") : by || spoken("Somebody else");
  const choices = merged.overlaps.map(() => "mine");
  const pieces = merged.overlaps.map((overlap, number) => {
    const group = `choice-${number}`;
    const pick = (value, words, text) => {
      const input = element("input", { type: "radio", name: group, value, checked: value === "mine" });
      input.addEventListener("change", () => (choices[number] = value));
      return element("label", { className: "side" }, element("span", { className: "pick" }, input, words), text === null ? null : element("pre", { textContent: text }));
    };
    const sides = [pick("mine", own ? spoken("This tab") : spoken("Yours"), words(overlap, overlap.mine)), pick("theirs", other, words(overlap, overlap.theirs))];
    if (overlap.key === "block") sides.push(pick("both", spoken("Keep both, one below the other"), null));
    const name = overlap.key === "block" ? spoken("Block: {name}", { name: TYPES[overlap.mine.type][0] }) : NAMES[overlap.key];
    return element("fieldset", {}, element("legend", { textContent: name }), element("div", { className: "sides" }, ...sides));
  });
  const finish = (chosen, said) => draft.settle(decide(merged, chosen), said);
  return element(
    "div",
    { className: "conflict", aria: { role: "alertdialog", label: own ? spoken("Two tabs changed this lesson") : spoken("Two people changed this lesson") } },
    element("h3", { textContent: own ? spoken("You changed the same words in another tab") : spoken("{name} changed the same words", { name: other }) }),
    element("p", { textContent: spoken("Nothing is overwritten. Choose for each piece; what was changed on one side only is merged already. Both texts stay in the history.") }),
    ...pieces,
    element(
      "div",
      { className: "row-buttons" },
      button(spoken("Save this choice"), "merge", () => finish(choices, spoken("Your choice is saved.")), { kind: "main" }),
      button(spoken("Take all of theirs"), "", () => finish(choices.map(() => "theirs"), own ? spoken("The words of your other tab are kept.") : spoken("The words of {name} are kept.", { name: other }))),
      button(spoken("Keep all of mine"), "", () => finish(choices.map(() => "mine"), spoken("Your words are kept."))),
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
  if (typeof value === "boolean") return value ? spoken("Yes") : spoken("No");
  if (Array.isArray(value)) return value.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join("\n");
  return String(value);
}
