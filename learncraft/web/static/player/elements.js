// Elements of a page made in one line, moments as people say them, and messages to the server.

export function element(tag, properties = {}, ...children) {
  const { aria, ...own } = properties;
  const made = Object.assign(document.createElement(tag), own);
  for (const [name, value] of Object.entries(aria ?? {})) made.setAttribute(`aria-${name}`, value);
  made.append(...children);
  return made;
}

export function clock(moment) {
  const [hours, minutes, seconds] = [moment / 3600, (moment / 60) % 60, moment % 60].map(Math.floor);
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

export function choice(label, options, chosen, onChange) {
  const select = element("select", { aria: { label }, title: label });
  for (const [value, words] of options) select.append(element("option", { value, textContent: words }));
  select.value = chosen;
  select.addEventListener("change", () => onChange(select.value));
  return select;
}

export async function talk(method, path, message) {
  try {
    const answer = await fetch(path, {
      method,
      headers: message ? { "Content-Type": "application/json" } : {},
      body: message && JSON.stringify(message),
      credentials: "same-origin",
    });
    return { ...(await answer.json().catch(() => ({}))), status: answer.status };
  } catch {
    return { status: 0 };
  }
}

let style = null;

export function dress(root, rules) {
  if (!("adoptedStyleSheets" in root) || root.adoptedStyleSheets.includes(style)) return;
  if (!style) {
    style = new CSSStyleSheet();
    style.replaceSync(rules);
  }
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, style];
}
