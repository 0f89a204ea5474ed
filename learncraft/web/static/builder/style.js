// How the builder looks: Streamlit's own colours and fonts, by the variables that it gives its components.

export const STYLE = `
:host, .builder { color: var(--st-text-color); font: 400 1rem/1.5 var(--st-font); }
* { box-sizing: border-box; }
.builder { display: grid; grid-template-columns: minmax(14rem, 18rem) minmax(0, 1fr); gap: 0 1.5rem; align-items: start; }
.editor { container-type: inline-size; min-width: 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.icon { font-family: "Material Symbols Rounded"; font-weight: 400; font-size: 1.2em; line-height: 1; display: inline-block; width: 1em;
  overflow: hidden; white-space: nowrap; vertical-align: -.2em; font-feature-settings: "liga"; user-select: none; flex: none; }
.toggle { display: none; }
.outline { position: sticky; top: 4rem; max-height: calc(100vh - 5rem); overflow-y: auto; padding: 2px; }
.tree, .plain { list-style: none; margin: 0; padding: 0; }
.tree li { margin: 0; }
.line { display: flex; align-items: center; gap: .4rem; min-height: 2.4rem; padding: .15rem .25rem .15rem calc(.3rem + var(--depth) * 1rem);
  border-radius: var(--st-base-radius); cursor: pointer; position: relative; }
.line.module { font-weight: 600; }
.line .icon:first-child { color: var(--st-gray-text-color); }
.line.lesson .icon:first-child { cursor: grab; opacity: .55; }
.line:hover { background: var(--st-secondary-background-color); }
.line.open { background: var(--st-secondary-background-color); box-shadow: inset 3px 0 var(--st-primary-color); }
.line .title { flex: 1; min-width: 0; overflow-wrap: anywhere; line-height: 1.3; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.line input { flex: 1; min-width: 0; }
.line[data-drop=before]::before, .line[data-drop=after]::after { content: ""; position: absolute; left: 0; right: 0; height: 3px; background: var(--st-primary-color); }
.line[data-drop=before]::before { top: -1px; } .line[data-drop=after]::after { bottom: -1px; }
.line[data-drop=inside] { outline: 2px dashed var(--st-primary-color); outline-offset: -2px; }
.mark { color: var(--st-gray-text-color); font-size: .9rem; }
.facts { color: var(--st-gray-text-color); font-weight: 400; font-size: .875rem; font-variant-numeric: tabular-nums; }
.adding { padding: .2rem 0 .6rem 1.3rem; }
.row-buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0; }
.menu { display: flex; flex-direction: column; margin: .1rem 0 .4rem 1rem; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); background: var(--st-background-color); overflow: hidden; }
.menu button { border: 0; border-radius: 0; text-align: left; font-weight: 400; }
.menu button:hover, .menu button:focus-visible { background: var(--st-secondary-background-color); outline-offset: -2px; }
.bin { margin: .75rem 0; } .bin li { display: flex; gap: .5rem; align-items: center; justify-content: space-between; padding: .15rem 0; overflow-wrap: anywhere; }
summary { cursor: pointer; padding: .4rem 0; }
button { font: 500 .95rem/1.3 var(--st-font); padding: .45rem .8rem; min-height: 40px; cursor: pointer; display: inline-flex; gap: .4rem; align-items: center;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius); background: var(--st-background-color); color: var(--st-text-color); }
button.main { background: var(--st-primary-color); border-color: var(--st-primary-color); color: #fff; }
button.small { font-size: .875rem; font-weight: 400; padding: .2rem .65rem; min-height: 34px; }
button.bare { border: 0; background: none; padding: .2rem; min-height: 34px; min-width: 34px; justify-content: center; color: var(--st-gray-text-color); }
button.bare:hover { color: var(--st-text-color); background: var(--st-secondary-background-color); }
button[hidden], [hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
input:not([type=checkbox]):not([type=radio]), textarea, select { width: 100%; padding: .5rem .7rem; font: inherit; color: inherit; min-height: 40px;
  background: var(--st-background-color); border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); }
input[type=number] { width: 5.5rem; }
input[type=checkbox], input[type=radio] { width: 1.15rem; height: 1.15rem; accent-color: var(--st-primary-color); flex: none; }
::placeholder { color: var(--st-gray-text-color); opacity: 1; }
textarea { min-height: 5rem; resize: vertical; field-sizing: content; max-height: 60vh; }
.card.html textarea.code { white-space: pre-wrap; }
textarea.code { font-family: var(--st-code-font); font-size: .9rem; tab-size: 4; white-space: pre; overflow-x: auto; }
.big { font-size: 1.5rem !important; font-weight: 600 !important; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
.form { display: flex; flex-direction: column; gap: .9rem; }
.form:disabled { opacity: .65; }
.inline { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; }
.inline > input, .inline > select { flex: 1 1 12rem; width: auto; }
.amount { display: inline-flex; gap: .4rem; align-items: center; white-space: nowrap; } .amount input { width: 6rem; }
.tick { display: inline-flex; gap: .5rem; align-items: center; min-height: 40px; }
.bar { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; min-height: 2rem; margin-bottom: .5rem; font-size: .95rem; position: sticky; top: 3.75rem;
  background: var(--st-background-color); z-index: 2; padding: .3rem 0; box-shadow: 0 -.3rem 0 var(--st-background-color); }
.space { flex: 1; }
.links { display: inline-flex; flex-wrap: wrap; gap: .2rem 1rem; } .links a { white-space: nowrap; } .links .icon { margin-right: .25rem; } a { color: var(--st-link-color); text-decoration: none; } a:hover { text-decoration: underline; }
.others { color: var(--st-orange-text-color); display: inline-flex; flex-wrap: wrap; gap: .1rem 1rem; } .others .icon { margin-right: .35rem; }
.saved.done { color: var(--st-green-text-color); } .saved.not { color: var(--st-red-text-color); font-weight: 600; }
.notice { padding: .6rem .8rem; margin-bottom: .75rem; background: var(--st-secondary-background-color); border-radius: var(--st-base-radius); }
.notice:empty { display: none; }
.note { margin: .3rem 0; font-size: .875rem; color: var(--st-gray-text-color); } .note:empty { display: none; }
.empty { color: var(--st-gray-text-color); padding: 2rem 0; }
.blocks { display: flex; flex-direction: column; gap: .8rem; }
.card { border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); padding: .5rem .8rem .8rem; }
.card.marked { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
.card.section { background: var(--st-secondary-background-color); }
.tools { display: flex; align-items: center; gap: .3rem; margin-bottom: .3rem; } .tools > .icon, .tools strong { color: var(--st-gray-text-color); font-weight: 500; font-size: .9rem; }
.fields { display: flex; flex-direction: column; gap: .6rem; }
.card.markdown .look, .card.html .look { max-height: 18rem; overflow-y: auto; }
@container (min-width: 44rem) {
  .card.markdown .fields, .card.html .fields { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1rem; }
  .card.markdown .look, .card.html .look { max-height: none; }
}
.look:empty { display: none; }
.card:has(.look:empty) .fields { grid-template-columns: minmax(0, 1fr); }
.dropping { outline: 2px dashed var(--st-primary-color); outline-offset: 6px; border-radius: var(--st-base-radius); }
.look { border-left: 3px solid var(--st-border-color); padding-left: .9rem; overflow-wrap: anywhere; min-width: 0; }
.prose > :first-child { margin-top: 0; } .prose > :last-child { margin-bottom: 0; } .prose img { max-width: 100%; height: auto; }
.prose h1, .prose h2, .prose h3 { line-height: 1.25; margin: .8em 0 .4em; } .prose h1 { font-size: 1.5rem; } .prose h2 { font-size: 1.3rem; } .prose h3 { font-size: 1.1rem; }
.prose code { font-family: var(--st-code-font); font-size: .9em; background: var(--st-code-background-color); color: var(--st-code-text-color); padding: .1em .3em; border-radius: .25rem; }
.prose pre { overflow-x: auto; padding: .7rem; background: var(--st-code-background-color); border-radius: var(--st-base-radius); } .prose pre code { padding: 0; background: none; }
.prose table { border-collapse: collapse; } .prose th, .prose td { border: 1px solid var(--st-border-color); padding: .3rem .6rem; }
.prose blockquote { margin-left: 0; padding-left: 1rem; border-left: 3px solid var(--st-border-color); }
.prose figure { margin: 0; }
.chooser { margin-top: .6rem; } .card > .chooser { margin: .3rem 0 -.5rem; display: flex; flex-direction: column; align-items: center; }
.card > .chooser > .bare { min-height: 26px; padding: 0 1rem; }
.choices { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .25rem; margin-top: .4rem; padding: .4rem; width: 100%;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); background: var(--st-background-color); }
.choices button { border: 0; font-weight: 400; text-align: left; } .choices button:hover, .choices button:focus-visible { background: var(--st-secondary-background-color); outline-offset: -2px; }
.more { border-top: 1px solid var(--st-border-color); } .more summary .icon { margin-right: .4rem; }
.remarks { border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); padding: .1rem .8rem; margin-bottom: 1rem; }
.remarks[open] { padding-bottom: .8rem; } .remarks summary .icon { margin-right: .4rem; }
.remark { border-left: 3px solid var(--st-orange-text-color); padding: .1rem 0 .1rem .8rem; margin: .6rem 0; }
.remark.settled { border-color: var(--st-border-color); color: var(--st-gray-text-color); }
.remark p { margin: .15rem 0; white-space: pre-wrap; overflow-wrap: anywhere; } .remark .answer { margin-left: 1rem; } .remark textarea { min-height: 2.6rem; }
.conflict { border: 2px solid var(--st-orange-text-color); border-radius: var(--st-base-radius); padding: 1rem; margin-bottom: 1rem; display: flex; flex-direction: column; gap: .8rem; }
.conflict h3 { margin: 0; } .conflict p { margin: 0; }
.conflict legend { font-weight: 600; padding: 0; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .8rem; margin-top: .4rem; }
.side { border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); padding: .6rem; cursor: pointer; }
.side:has(:checked) { border-color: var(--st-primary-color); }
.pick { display: flex; gap: .5rem; align-items: center; font-weight: 600; }
.side pre { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 18rem; overflow-y: auto; margin: .5rem 0 0; font: inherit; }
@media (min-width: 901px) { .bar { top: 0; } }
@media (max-width: 900px) {
  .builder { grid-template-columns: minmax(0, 1fr); }
  .toggle { display: inline-flex; justify-self: start; margin-bottom: .5rem; }
  .outline { display: none; position: static; max-height: none; margin-bottom: 1rem; }
  .builder.shows-outline .outline { display: block; }
  .line { min-height: 44px; } button, button.small { min-height: 44px; }
  .keys { display: none; }
}
@media (prefers-reduced-motion: no-preference) { .line, button { transition: background .12s; } }
`;
