// What is said, beside the video: a click on a line goes there, and the line that is being said stands out.

import { clock, element } from "./elements.js";
import { spoken } from "./words.js";

export class Transcript {
  constructor(cues, go) {
    this.cues = cues;
    this.here = -1;
    this.lines = cues.map(([start, , words]) => {
      const line = element("button", { type: "button", className: "line" });
      line.append(element("time", { textContent: clock(start) }), element("span", { textContent: words }));
      line.addEventListener("click", () => go(start));
      return line;
    });
    this.box = element("div", { className: "lines", tabIndex: 0, aria: { label: spoken("Transcript") } }, ...this.lines);
    this.following = element("input", { type: "checkbox", checked: true });
    const follow = element("label", { className: "follow" }, this.following, spoken("Follow"));
    this.search = element("input", { type: "search", placeholder: spoken("Find in the transcript"), aria: { label: spoken("Find in the transcript") } });
    this.search.addEventListener("input", () => this.find(this.search.value.trim().toLowerCase()));
    this.root = element("div", { className: "transcript" }, element("div", { className: "head" }, this.search, follow), this.box);
  }

  follow(now) {
    let place = this.cues.findLastIndex(([start]) => start <= now + 0.05);
    if (place >= 0 && now > this.cues[place][1] + 15) place = -1;
    if (place === this.here) return;
    this.lines[this.here]?.removeAttribute("aria-current");
    this.here = place;
    const line = this.lines[place];
    line?.setAttribute("aria-current", "true");
    // Only its own box moves: the page stays where its reader is.
    if (line && this.following.checked && !this.search.value) {
      this.box.scrollTop = line.offsetTop - this.box.clientHeight / 3;
    }
  }

  find(words) {
    for (const [place, line] of this.lines.entries()) {
      line.hidden = Boolean(words) && !this.cues[place][2].toLowerCase().includes(words);
    }
  }
}
