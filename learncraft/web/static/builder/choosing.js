// A button with choices below it, by pointer or keys. A list of the browser's own would act at each arrow key.

import { button, element } from "./elements.js";

export function chooserOf(words, options, chosen, { symbol = "add", kind = "", label = "" } = {}) {
  const opener = button(words, symbol, () => (list.hidden ? open() : close()), { kind, label });
  opener.setAttribute("aria-haspopup", "menu");
  const list = element("div", { className: "choices", hidden: true, aria: { role: "menu", label: label || words } });
  const root = element("div", { className: "chooser" }, opener, list);

  function open() {
    list.replaceChildren(...options().map(([value, said, sign]) => entry(value, said, sign)));
    list.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    list.firstChild?.focus();
    list.scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
  }

  function entry(value, said, sign) {
    const made = button(said, sign, () => {
      close();
      chosen(value);
    });
    made.setAttribute("role", "menuitem");
    return made;
  }

  root.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const all = [...list.children];
    const at = all.indexOf(list.getRootNode().activeElement);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape") {
      close();
      opener.focus();
    } else if (to !== undefined) all.at(to % all.length)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  root.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !root.contains(event.relatedTarget)) close();
  });
  close();
  return root;
}
