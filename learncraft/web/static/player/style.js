// How the player and the notes look: Streamlit's own colours and fonts, by the variables that it gives its components.

export const STYLE = `
:host, .player, .panel { color: var(--st-text-color); font: 400 1rem/1.5 var(--st-font); }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.player { display: flex; gap: 1rem; align-items: flex-start; flex-wrap: wrap; }
.left { flex: 3 1 20rem; min-width: 0; }
video { display: block; width: 100%; aspect-ratio: 16 / 9; background: #000; border-radius: var(--st-base-radius); }
video::cue { font-family: var(--st-font); }
.said { margin: .4rem 0 0; font-size: .875rem; color: var(--st-gray-text-color); }
.said:empty { display: none; }
.said.wrong { color: var(--st-red-text-color); }
.bar { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-top: .5rem; }
select, button { font: 400 .875rem/1.4 var(--st-font); padding: .3rem .6rem; min-height: 40px; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
  background: var(--st-background-color); color: var(--st-text-color); }
select:hover, button:hover { border-color: var(--st-primary-color); }
button.main { background: var(--st-primary-color); border-color: var(--st-primary-color); color: #fff; font-weight: 600; }
button.small { min-height: 32px; padding: .1rem .55rem; }
button.link { border: 0; background: none; padding: 0 .15rem; min-height: 24px; color: var(--st-link-color); text-decoration: underline;
  text-align: left; overflow-wrap: anywhere; }
button.chip { border-radius: 999px; min-height: 32px; }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
:disabled { opacity: .6; }
.marks { display: flex; flex-wrap: wrap; gap: .25rem .75rem; list-style: none; margin: .6rem 0 0; padding: 0; }
.marks:empty { display: none; }
.marks li { display: flex; align-items: center; gap: .25rem; font-variant-numeric: tabular-nums; }
.transcript { flex: 2 1 16rem; min-width: 0; border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); }
.head { display: flex; gap: .5rem; align-items: center; padding: .4rem .6rem; border-bottom: 1px solid var(--st-border-color); }
.head input[type=search] { flex: 1; min-width: 0; font: inherit; font-size: .875rem; padding: .3rem .5rem; min-height: 36px; color: inherit;
  background: var(--st-background-color); border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius); }
.follow { display: flex; gap: .35rem; align-items: center; font-size: .875rem; white-space: nowrap; min-height: 36px; }
input[type=checkbox] { width: 1.1rem; height: 1.1rem; accent-color: var(--st-primary-color); }
.lines { position: relative; max-height: 21rem; overflow-y: auto; overscroll-behavior: contain; padding: .25rem; }
.line { display: flex; gap: .6rem; width: 100%; text-align: left; border: 0; background: none; padding: .3rem .4rem; min-height: 0; font-size: .9375rem; }
.line time { flex: none; min-width: 2.6rem; color: var(--st-gray-text-color); font-variant-numeric: tabular-nums; }
.line:hover { background: var(--st-secondary-background-color); }
.line[aria-current] { background: var(--st-secondary-background-color); font-weight: 600; box-shadow: inset 3px 0 var(--st-primary-color); }
textarea { width: 100%; padding: .6rem .75rem; font: inherit; color: inherit; resize: vertical; field-sizing: content; min-height: 5.5rem;
  max-height: 24rem; background: var(--st-background-color); border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); }
.notes { list-style: none; margin: .75rem 0 0; padding: 0; }
.notes li { padding: .6rem 0; border-top: 1px solid var(--st-border-color); }
.body { overflow-wrap: anywhere; max-width: 72ch; }
.body > :first-child { margin-top: 0; }
.body > :last-child { margin-bottom: .25rem; }
.body img { max-width: 100%; }
.body pre { overflow-x: auto; padding: .5rem .75rem; border-radius: var(--st-base-radius); background: var(--st-secondary-background-color); }
.body code { font-family: var(--st-code-font); font-size: .9em; }
.body a { color: var(--st-link-color); }
.facts { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; font-size: .875rem; color: var(--st-gray-text-color); }
@media (max-width: 480px) { .transcript { flex-basis: 100%; } .lines { max-height: 14rem; } select, button { min-height: 44px; } }
`;
