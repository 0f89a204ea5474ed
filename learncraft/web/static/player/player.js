// The player of a video: its stream in a quality that fits the line, captions, speed, keys, the transcript beside it,
// bookmarks, and where the learner was. What was seen goes to the outbox.

import { choice, clock, dress, element, talk } from "./elements.js";
import { outboxOf, sendLeftovers } from "./outbox.js";
import { STYLE } from "./style.js";
import { Transcript } from "./transcript.js";
import { Watching } from "./watching.js";
import { spoken } from "./words.js";

const SPEEDS = ["0.5", "0.75", "1", "1.25", "1.5", "1.75", "2"];
const players = new WeakMap(); // what was mounted where

export function mount(component) {
  const { data, parentElement } = component;
  if (!data) return () => {};
  dress(parentElement, STYLE);
  const known = players.get(parentElement);
  if (known?.data.id === data.id && known.version === versionOf(data)) {
    if (!known.root.isConnected) parentElement.append(known.root);
    return () => leave(known);
  }
  known?.end();
  const player = new Player(data);
  players.set(parentElement, player);
  parentElement.append(player.root);
  player.open();
  return () => leave(player);
}

// A rerun takes a part away and mounts it again at once; who leaves the page doesn't.
function leave(player) {
  setTimeout(() => player.root.isConnected || player.end(), 1000);
}

function versionOf(data) {
  return `${data.stream} ${data.captions.map((one) => one.language)} ${data.start}`;
}

class Player {
  constructor(data) {
    this.data = data;
    this.version = versionOf(data);
    this.hls = null;
    this.outbox = data.follows ? outboxOf(data.viewer, data.lesson) : null;
    this.build();
    this.listen();
    if (data.follows) {
      new Watching(this.video, data.id, this.outbox);
      this.stopWatching = this.outbox.watch((box) => this.sayWaiting(box));
      sendLeftovers(data.viewer);
    }
  }

  build() {
    const { data } = this;
    this.video = element("video", { controls: true, preload: "metadata", playsInline: true, aria: { label: data.title } });
    if (data.poster) this.video.poster = data.poster;
    for (const { language, url, label } of data.captions) {
      this.video.append(element("track", { kind: "captions", src: url, srclang: language, label }));
    }
    this.said = element("p", { className: "said", aria: { live: "polite" } });
    this.bar = element("div", { className: "bar" });
    this.marks = element("ul", { className: "marks", aria: { label: spoken("Bookmarks") } });
    this.transcript = new Transcript(data.cues, (seconds) => this.seek(seconds, true));
    const left = element("div", { className: "left" }, this.video, this.said, this.bar, this.marks);
    this.root = element("div", { className: "player", tabIndex: -1 }, left);
    if (data.cues.length) this.root.append(this.transcript.root);
    this.fillBar();
    this.drawMarks();
  }

  fillBar() {
    const speed = choice(spoken("Speed"), SPEEDS.map((one) => [one, `${one}×`]), "1", (value) => {
      this.video.playbackRate = Number(value);
    });
    this.video.addEventListener("ratechange", () => (speed.value = String(this.video.playbackRate)));
    this.speed = speed;
    this.quality = choice(spoken("Quality"), [["-1", spoken("Auto")]], "-1", (value) => this.chooseQuality(Number(value)));
    this.quality.hidden = true;
    this.bar.append(this.quality, speed);
    if (this.data.captions.length) {
      const options = [["", spoken("No captions")], ...this.data.captions.map((one) => [one.language, one.label])];
      this.captions = choice(spoken("Captions"), options, remembered("captions") ?? "", (value) => this.showCaptions(value));
      this.bar.append(this.captions);
    }
    if (this.data.follows) {
      const mark = element("button", { type: "button", textContent: spoken("Bookmark"), title: spoken("Bookmark this moment (B)") });
      mark.addEventListener("click", () => this.mark());
      this.bar.append(mark);
    }
    const keys = element("button", { type: "button", textContent: spoken("Keys"), title: spoken("Keys of the player (?)") });
    keys.addEventListener("click", () => this.sayKeys());
    this.bar.append(keys);
  }

  // --- the stream -------------------------------------------------------------------------------------------

  async open() {
    const { video, data } = this;
    video.addEventListener("loadedmetadata", () => this.goOn(), { once: true });
    if (data.stream && data.hls) {
      const { default: Hls } = await import(location.origin + data.hls).catch(() => ({ default: null }));
      if (Hls?.isSupported()) return this.openWith(Hls);
    }
    if (data.stream && video.canPlayType("application/vnd.apple.mpegurl")) {
      video.src = data.stream;
    } else if (data.stream) {
      this.openFile(data.qualities[Math.min(1, data.qualities.length - 1)]);
    } else {
      video.src = data.url;
      video.addEventListener("error", () => this.say(spoken("This video can't be played here. It may have moved.")));
    }
  }

  openWith(Hls) {
    const hls = (this.hls = new Hls({ enableWorker: false, capLevelToPlayerSize: true, maxBufferLength: 60 }));
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      const heights = hls.levels.map((level, place) => [String(place), `${Math.min(level.height, level.width)}p`]);
      this.offerQualities([["-1", spoken("Auto")], ...heights.reverse()]);
    });
    hls.on(Hls.Events.LEVEL_SWITCHED, (_, { level }) => {
      const now = hls.levels[level];
      this.quality.options[0].textContent = `Auto · ${Math.min(now.height, now.width)}p`;
    });
    hls.on(Hls.Events.FRAG_BUFFERED, () => this.lost && this.say(""));
    hls.on(Hls.Events.ERROR, (_, { fatal, type }) => {
      if (!fatal) return;
      if (type === Hls.ErrorTypes.MEDIA_ERROR) return hls.recoverMediaError();
      this.loseLine(() => (hls.levels.length ? hls.startLoad() : hls.loadSource(this.data.stream)));
    });
    hls.loadSource(this.data.stream);
    hls.attachMedia(this.video);
  }

  // Without the player of streams: one quality at a time, by the file of its pieces.
  openFile(quality) {
    this.offerQualities(this.data.qualities.map((one, place) => [String(place), one]));
    this.quality.value = String(this.data.qualities.indexOf(quality));
    this.video.src = this.data.stream.replace("master.m3u8", `${quality}.mp4`);
  }

  offerQualities(options) {
    this.quality.replaceChildren(...options.map(([value, words]) => element("option", { value, textContent: words })));
    this.quality.hidden = options.length < 2;
  }

  chooseQuality(place) {
    if (this.hls) {
      this.hls.currentLevel = place;
      return;
    }
    const [now, isPlaying] = [this.video.currentTime, !this.video.paused];
    this.openFile(this.data.qualities[place]);
    this.video.addEventListener("loadedmetadata", () => {
      this.video.currentTime = now;
      if (isPlaying) this.video.play();
    }, { once: true });
  }

  loseLine(again) {
    this.say(spoken("The line is lost. The video goes on when it is back; what you have seen is kept."));
    this.lost = true;
    const retry = () => {
      removeEventListener("online", retry);
      clearTimeout(timer);
      if (this.root.isConnected) again();
    };
    const timer = setTimeout(retry, 5000);
    addEventListener("online", retry);
  }

  // --- where the learner was --------------------------------------------------------------------------------

  goOn() {
    this.showCaptions(this.captions?.value ?? "");
    const { video, data } = this;
    const here = this.outbox?.lastPlace();
    const newer = here?.video === data.id && here.at > (data.at ?? "") ? here.seconds : data.position;
    const wanted = data.start || newer;
    if (!(wanted > 2) || wanted > video.duration - 3) return;
    this.seek(wanted, false);
    if (data.start) return;
    const back = element("button", { type: "button", className: "link", textContent: spoken("From the start") });
    back.addEventListener("click", () => {
      this.seek(0, true);
      this.say("");
    });
    this.said.replaceChildren(spoken("You go on at {time}.", { time: clock(wanted) }) + " ", back);
  }

  seek(seconds, isPlaying) {
    this.video.currentTime = Math.max(0, Math.min(seconds, this.video.duration || seconds));
    if (isPlaying) this.video.play().catch(() => {});
  }

  showCaptions(language) {
    for (const track of this.video.textTracks) track.mode = track.language === language ? "showing" : "disabled";
    if (this.captions) {
      this.captions.value = language;
      remember("captions", language);
    }
  }

  // --- bookmarks --------------------------------------------------------------------------------------------

  async mark() {
    const seconds = Math.floor(this.video.currentTime);
    if (this.data.bookmarks.some((one) => one.seconds === seconds)) return;
    const answer = await talk("POST", `/learning/videos/${this.data.id}/bookmarks`, { seconds });
    if (answer.status !== 200) return this.say(answer.words || spoken("The line is lost; the bookmark was not kept. Try again."));
    this.data.bookmarks.push(answer.bookmark);
    this.data.bookmarks.sort((one, other) => one.seconds - other.seconds);
    this.drawMarks();
    this.say(spoken("Bookmark at {time}", { time: clock(seconds) }));
  }

  drawMarks() {
    const rows = this.data.bookmarks.map((one) => {
      const go = element("button", { type: "button", className: "link", textContent: clock(one.seconds) });
      go.setAttribute("aria-label", spoken("Go to {time}", { time: clock(one.seconds) }));
      go.addEventListener("click", () => this.seek(one.seconds, true));
      const gone = element("button", { type: "button", className: "small", textContent: "×" });
      gone.setAttribute("aria-label", spoken("Remove the bookmark at {time}", { time: clock(one.seconds) }));
      gone.addEventListener("click", async () => {
        const answer = await talk("DELETE", `/learning/bookmarks/${one.id}`);
        if (answer.status !== 200) return this.say(spoken("The line is lost. Try again."));
        this.data.bookmarks = this.data.bookmarks.filter((other) => other !== one);
        this.drawMarks();
      });
      return element("li", {}, go, gone);
    });
    this.marks.replaceChildren(...rows);
  }

  // --- keys and words ---------------------------------------------------------------------------------------

  listen() {
    this.video.addEventListener("timeupdate", () => {
      this.transcript.follow(this.video.currentTime);
      window.learncraftPlace = { video_id: this.data.id, block_id: this.data.block, seconds: Math.floor(this.video.currentTime) };
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || /^(SELECT|TEXTAREA|INPUT)$/.test(event.target.tagName)) return;
      if (event.target.tagName === "BUTTON" && [" ", "Enter"].includes(event.key)) return;
      if (this.press(event.key)) {
        event.preventDefault();
        event.stopPropagation();
      }
    });
  }

  press(key) {
    const { video } = this;
    const step = (places) => {
      const now = SPEEDS.indexOf(String(video.playbackRate));
      video.playbackRate = Number(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, now + places))]);
    };
    const actions = {
      " ": () => (video.paused ? video.play() : video.pause()),
      k: () => (video.paused ? video.play() : video.pause()),
      j: () => this.seek(video.currentTime - 10, false),
      l: () => this.seek(video.currentTime + 10, false),
      ArrowLeft: () => this.seek(video.currentTime - 5, false),
      ArrowRight: () => this.seek(video.currentTime + 5, false),
      ArrowUp: () => (video.volume = Math.min(1, video.volume + 0.1)),
      ArrowDown: () => (video.volume = Math.max(0, video.volume - 0.1)),
      m: () => (video.muted = !video.muted),
      f: () => (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen?.()),
      c: () => this.showCaptions(this.captions?.value ? "" : (this.data.captions[0]?.language ?? "")),
      "<": () => step(-1),
      ">": () => step(1),
      b: () => this.data.follows && this.mark(),
      "?": () => this.sayKeys(),
    };
    if (/^[0-9]$/.test(key)) {
      this.seek((video.duration * Number(key)) / 10, false);
      return true;
    }
    const action = actions[key.length === 1 ? key.toLowerCase() : key];
    action?.();
    return Boolean(action);
  }

  sayKeys() {
    this.say(
      spoken("Space or K plays and stops. J and L go 10 seconds, the arrows 5; up and down change the volume.") +
        " " +
        spoken("M is quiet, F fills the screen, C shows captions, < and > change the speed, B makes a bookmark, 0 to 9 jump."),
    );
  }

  sayWaiting(box) {
    const isLost = box.failures > 0 && box.waiting() > 0;
    if (isLost && box.isSignedOut) this.say(spoken("You are signed out. What you have seen is kept here; sign in in another tab."));
    else if (isLost) this.say(spoken("You are offline. What you have seen is kept here and sent when the line is back."));
    else if (this.wasLost) this.say(spoken("The line is back, and what you have seen is saved."));
    this.wasLost = isLost;
  }

  say(words) {
    this.lost = false;
    this.said.textContent = words;
  }

  end() {
    this.video.pause();
    this.hls?.destroy();
    this.stopWatching?.();
    this.root.remove();
  }
}

function remembered(name) {
  try {
    return localStorage.getItem(`learncraft.player.${name}`);
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`learncraft.player.${name}`, value);
  } catch {
    // it is asked for again next time
  }
}
