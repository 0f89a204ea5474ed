// How the sheet looks: Streamlit's own colours and fonts, by the variables that it gives its components.

export const STYLE = `
:host, .sheet { color: var(--st-text-color); font: 400 1rem/1.5 var(--st-font); }
* { box-sizing: border-box; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
legend, .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.choice { display: flex; gap: .75rem; align-items: flex-start; padding: .6rem .75rem; margin: 0 0 .4rem;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); cursor: pointer; min-height: 44px; }
.choice:hover { background: var(--st-secondary-background-color); }
.choice:has(input:checked) { border-color: var(--st-primary-color); background: var(--st-secondary-background-color); }
.choice input { flex: none; width: 1.15rem; height: 1.15rem; margin: .18rem 0 0; accent-color: var(--st-primary-color); }
.choice span { min-width: 0; overflow-wrap: anywhere; }
.choice code { font-family: var(--st-code-font); font-size: .9em; padding: .1em .3em; border-radius: .25rem;
  background: var(--st-code-background-color); color: var(--st-code-text-color); }
.choice:hover code, .choice:has(input:checked) code { background: var(--st-background-color); }
input[type=text], textarea { width: 100%; padding: .6rem .75rem; font: inherit; color: inherit;
  background: var(--st-background-color); border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); }
textarea { min-height: 9rem; resize: vertical; field-sizing: content; max-height: 40rem; }
textarea.code { font-family: var(--st-code-font); font-size: .9rem; tab-size: 4; white-space: pre; overflow-x: auto; }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
:disabled { opacity: .6; cursor: not-allowed; }
.note { margin: .4rem 0 0; font-size: .875rem; color: var(--st-gray-text-color); }
.note:empty { display: none; }
.note.wrong { color: var(--st-red-text-color); }
.bar { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; padding: .6rem .9rem;
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); font-size: .95rem; }
.bar .time { font-weight: 600; font-variant-numeric: tabular-nums; }
.bar .time.soon { color: var(--st-orange-text-color); }
.bar .saved { margin-left: auto; }
.bar .saved.not { color: var(--st-red-text-color); font-weight: 600; }
.bar .saved.done { color: var(--st-green-text-color); }
.bar .wide { flex-basis: 100%; }
.bar .wide:empty, .bar span:empty { display: none; }
button { font: 600 1rem/1.4 var(--st-font); padding: .55rem 1rem; min-height: 44px; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
  background: var(--st-background-color); color: var(--st-text-color); }
button.main { background: var(--st-primary-color); border-color: var(--st-primary-color); color: #fff; }
button.small { font-size: .875rem; font-weight: 400; padding: .25rem .7rem; min-height: 36px; }
.files { list-style: none; margin: .6rem 0 0; padding: 0; }
.files li { display: flex; gap: .75rem; align-items: center; padding: .3rem 0; overflow-wrap: anywhere; }
.files li span { flex: 1; min-width: 0; }
a { color: var(--st-link-color); }
.end { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; }
.end p { margin: 0; flex-basis: 100%; }
@media (prefers-reduced-motion: no-preference) { .choice, button { transition: background .12s; } }
`;
