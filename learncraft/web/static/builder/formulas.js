// Formulas of previews, drawn by the same program that draws them for learners. Without it they stay as they are typed.

let drawing = null;

export async function drawFormulas(place, address) {
  const found = [...place.querySelectorAll("code.language-math")];
  if (!found.length || !address) return;
  drawing ??= import(address);
  const katex = await drawing.then((loaded) => loaded.default).catch(() => (drawing = null));
  if (!katex) return;
  for (const code of found) {
    const isBlock = code.parentElement?.tagName === "PRE";
    const drawn = document.createElement(isBlock ? "p" : "span");
    drawn.innerHTML = katex.renderToString(code.textContent, { output: "mathml", displayMode: isBlock, throwOnError: false });
    (isBlock ? code.parentElement : code).replaceWith(drawn);
  }
}
