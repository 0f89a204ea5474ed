// The course builder: the outline beside the editor of the lesson that is open. Streamlit mounts it once; opening another
// lesson is a question to the server and no run of the page.

import { button, element } from "./elements.js";
import { editorOf } from "./editor.js";
import { outlineOf } from "./outline.js";
import { STYLE } from "./style.js";
import { talk, why } from "./talk.js";
import { spoken } from "./words.js";

const built = new WeakMap(); // what was mounted where
let style = null;

export function mount({ data, parentElement }) {
  if (!data) return () => {};
  dress(parentElement);
  const there = built.get(parentElement);
  const name = `${data.course} ${data.outline.frozen}`;
  if (there?.name === name) {
    there.update(data);
    return () => {};
  }
  there?.end();
  parentElement.querySelector(".builder")?.remove();
  const root = element("div", { className: "builder" });
  parentElement.append(root);
  built.set(parentElement, { name, ...builder(root, data) });
  return () => {};
}

function dress(root) {
  if (!("adoptedStyleSheets" in root) || root.adoptedStyleSheets.includes(style)) return;
  if (!style) {
    style = new CSSStyleSheet();
    style.replaceSync(STYLE);
  }
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, style];
}

function builder(root, data) {
  let editor = null;
  let opened = null;
  let opening = Promise.resolve();
  const side = element("nav", { className: "outline", aria: { label: spoken("Outline") } });
  const main = element("main", { className: "editor" });
  const toggle = button(spoken("Outline"), "menu", () => root.classList.toggle("shows-outline"), { kind: "small toggle" });
  root.append(toggle, side, main);

  // A file that misses the lesson is not opened in its place, as browsers would.
  for (const kind of ["dragover", "drop"]) {
    root.addEventListener(kind, (event) => {
      if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    });
  }

  const outline = outlineOf(side, data, {
    open,
    typed: () => editor && { id: editor.id, title: editor.title() },
    grown: () => opened || nothing(),
    opened: () => opened,
    // A lesson that is just being opened gets its title by its editor too, which would know an older one otherwise.
    async renamed(id, title) {
      if (opened === id) await opening;
      if (editor?.id !== id) return false;
      editor.retitle(title);
      return true;
    },
  });

  function open(id) {
    if (opened === id && editor) return;
    opened = id;
    opening = load(id);
  }

  async function load(id) {
    root.classList.remove("shows-outline");
    const left = editor;
    editor = null;
    await left?.end();
    if (left) outline.retitle(left.id, left.title());
    if (!id) {
      nothing();
      return;
    }
    const lesson = await talk(`/authoring/lessons/${id}`);
    if (opened !== id) return;
    if (lesson.status !== 200) {
      main.replaceChildren(element("p", { className: "notice", textContent: why(lesson) }));
      return;
    }
    main.replaceChildren();
    editor = editorOf(main, lesson, {
      frozen: data.outline.frozen,
      course: data.course,
      formulas: data.formulas,
      questions: data.questions,
      lab: data.lab,
      personas: data.personas,
      retitled: outline.retitle,
      addresses: (lesson) => [
        [spoken("See it as a learner"), "visibility", `${data.preview}?lesson=${lesson}`],
        [spoken("Revisions"), "history", `${data.revisions}?lesson=${lesson}`],
        [spoken("What changes for learners"), "difference", `${data.review}?course=${data.course}`],
      ],
    });
    if (id === data.lesson && data.block) editor.mark(data.block);
    remember(id);
    outline.show(lesson.module);
  }

  function nothing() {
    const words = outline.size()
      ? spoken("Choose a lesson in the outline, or add one.")
      : spoken("This course has nothing in it yet. Add a module in the outline, then its first lesson.");
    main.replaceChildren(element("p", { className: "empty", textContent: words }));
    remember(null);
  }

  // The address leads back to the lesson that is open.
  function remember(id) {
    const address = new URL(location.href);
    if (id) address.searchParams.set("lesson", id);
    else address.searchParams.delete("lesson");
    if (id !== data.lesson) address.searchParams.delete("block");
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }

  if (data.lesson) open(data.lesson);
  else {
    nothing();
    root.classList.add("shows-outline");
  }
  return {
    update: () => {},
    end: () => editor?.end(),
  };
}
