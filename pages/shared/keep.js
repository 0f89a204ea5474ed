// Streamlit takes the text of an area when the writer leaves it or presses Ctrl+Enter. Writers pause much more often
// than they leave, so a pause presses it for them: what is typed is in the draft within a second.
const PAUSE = 600;

export default function () {
  if (window.learncraftKeeps) return;
  window.learncraftKeeps = true;
  const timers = new WeakMap();
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLTextAreaElement) || !target.closest('[class*="st-key-writing"]')) return;
    clearTimeout(timers.get(target));
    const press = () => target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
    timers.set(target, setTimeout(press, PAUSE));
  });
}
