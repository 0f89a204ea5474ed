// How far a text is read, and at which paragraph: told to the outbox, and gone back to when the lesson is opened again.

import { outboxOf, sendLeftovers } from "./outbox.js";

const LOOK = 2000; // ms between two looks; what is in view at one of them counts as read
const PARAGRAPHS = "p, li, pre, h1, h2, h3, h4, h5, h6, table, figure, img, blockquote";
const TOP = 90; // of the page's head, in pixels

let reader = null;

export function mount(component) {
  const { data } = component;
  if (!data) return () => {};
  const name = `${data.lesson} ${data.part}`;
  if (reader?.name !== name) {
    reader?.end();
    reader = new Reader(name, data);
  }
  return () => {};
}

class Reader {
  constructor(name, data) {
    this.name = name;
    this.data = data;
    this.depth = data.depth ?? 0; // of the whole lesson, as the server knows it
    this.outbox = data.follows ? outboxOf(data.viewer, data.lesson) : null;
    this.timer = setInterval(() => this.look(), LOOK);
    if (data.follows) sendLeftovers(data.viewer);
    this.goOn(10);
  }

  end() {
    clearInterval(this.timer);
  }

  paragraphs() {
    return this.data.blocks.flatMap((block) => {
      const found = document.querySelectorAll(`.st-key-block-${CSS.escape(block)} :is(${PARAGRAPHS})`);
      const outer = [...found].filter((one) => !one.parentElement.closest(PARAGRAPHS));
      return outer.map((element, paragraph) => ({ block, paragraph, element }));
    });
  }

  // The page may still be drawn; so it looks for the paragraph some times.
  goOn(times) {
    const here = this.outbox?.lastPlace();
    const known = this.data.position;
    const place = here?.block && here.part === this.data.part && here.at > (known?.at ?? "") ? here : known;
    if (!this.data.resumes || !place?.block) return;
    const found = this.paragraphs().find((one) => one.block === place.block && one.paragraph === place.paragraph);
    if (!found) {
      if (times) setTimeout(() => this.goOn(times - 1), 200);
      return;
    }
    if (found.element.getBoundingClientRect().top < innerHeight * 0.6) return; // it is in view as it is
    found.element.style.scrollMarginTop = `${TOP + 16}px`;
    found.element.scrollIntoView({ block: "start" });
    found.element.animate?.([{ background: "rgb(99 102 241 / .25)" }, { background: "transparent" }], 2500);
  }

  look() {
    if (document.hidden) return;
    const all = this.paragraphs();
    if (!all.length) return;
    if (!all[0].element.isConnected) return;
    const seen = all.filter(({ element }) => {
      const { top, bottom } = element.getBoundingClientRect();
      return bottom > TOP && top < innerHeight - 40 && bottom !== top;
    });
    if (!seen.length) return;
    const first = seen[0];
    const words = first.element.textContent.trim().replace(/\s+/g, " ").slice(0, 80);
    window.learncraftParagraph = { block_id: first.block, paragraph: first.paragraph, quote: words };
    if (!this.data.follows) return;
    const isNew = this.last !== `${first.block} ${first.paragraph}`;
    if (isNew) {
      this.last = `${first.block} ${first.paragraph}`;
      this.outbox.place({ part: this.data.part, block: first.block, paragraph: first.paragraph });
    }
    const reached = (all.indexOf(seen.at(-1)) + 1) / all.length;
    const depth = Math.round(((this.data.part - 1 + reached) / this.data.parts) * 1000) / 1000;
    if (depth > this.depth + 0.02 || (depth > this.depth && depth === 1)) {
      this.depth = depth;
      this.outbox.record("reading_scrolled", { position_end: depth });
    }
  }
}
