// Elements of a page, made in one line.

export function element(tag, properties = {}, ...children) {
  const { aria = {}, data = {}, on = {}, ...rest } = properties;
  const made = Object.assign(document.createElement(tag), rest);
  for (const [name, value] of Object.entries(aria)) made.setAttribute(name === "role" ? name : `aria-${name}`, value);
  Object.assign(made.dataset, data);
  for (const [name, listener] of Object.entries(on)) made.addEventListener(name, listener);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// A symbol of the font that the pages use; its name is hidden from those who listen.
export function icon(name) {
  return element("span", { className: "icon", textContent: name, aria: { hidden: "true" } });
}

export function button(words, name, press, { kind = "", label = "" } = {}) {
  const made = element("button", { type: "button", className: kind, on: { click: press } }, name ? icon(name) : null, words);
  if (label) {
    made.setAttribute("aria-label", label);
    made.title = label;
  }
  return made;
}

// The same text again must not move the caret.
export function put(input, value) {
  if (input.value !== value) input.value = value;
}
