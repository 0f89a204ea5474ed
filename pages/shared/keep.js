// Streamlit takes the text of an area when the writer leaves it or presses Ctrl+Enter. Writers pause much more often
// than they leave, so a pause presses it for them: what is typed is in the draft within a second.
//
// A connection that is lost is noticed only after a while, and then fields are locked until it is back. What was typed
// in between still stands in its field, but never arrived: it is given once more.
const PAUSE = 600;
const NOTICED_AFTER = 60_000; // before that, a lost connection is noticed

const isKept = (field) => field.closest('[class*="st-key-writing"]') && field.matches("textarea, input[type=text]");

export default function () {
  if (window.learncraftKeeps) return;
  window.learncraftKeeps = true;
  const timers = new WeakMap();
  const typed = new WeakMap(); // when somebody typed in a field last

  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLElement) || !isKept(target)) return;
    typed.set(target, Date.now());
    if (!(target instanceof HTMLTextAreaElement)) return; // a line gives its text by itself
    clearTimeout(timers.get(target));
    const press = () => target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
    timers.set(target, setTimeout(press, PAUSE));
  });

  new MutationObserver((changes) => {
    for (const field of new Set(changes.map(({ target }) => target))) {
      if (!field.disabled && typed.get(field) > Date.now() - NOTICED_AFTER) giveAgain(field);
    }
  }).observe(document, { subtree: true, attributeFilter: ["disabled"] });
}

// A field gives its text only when it differs from what it gave last: so by a space, which is taken back afterwards.
function giveAgain(field) {
  const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value");
  const put = (words) => {
    const place = [field.selectionStart, field.selectionEnd];
    set.call(field, words);
    field.setSelectionRange(...place);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  put(`${field.value} `);
  setTimeout(() => put(field.value.replace(/ $/, "")), 3 * PAUSE);
}
