// Which seconds of a video were seen. A stretch begins when the picture moves and ends when it stops or jumps; it is
// told in pieces, so that a crash loses some seconds at most.

const PIECE = 10; // seconds
const SHORTEST = 0.25;

export class Watching {
  constructor(video, id, outbox) {
    this.video = video;
    this.id = id;
    this.outbox = outbox;
    this.from = null;
    this.last = 0;
    video.addEventListener("playing", () => this.begin());
    video.addEventListener("timeupdate", () => this.go());
    video.addEventListener("pause", () => this.stop());
    video.addEventListener("ended", () => this.end());
    video.addEventListener("seeking", () => this.jump());
    video.addEventListener("ratechange", () => this.cut());
    addEventListener("pagehide", () => this.cut());
    document.addEventListener("visibilitychange", () => document.hidden && this.cut());
  }

  begin() {
    if (this.from !== null) return;
    this.from = this.last = this.video.currentTime;
    this.outbox.record("video_played", { object_id: this.id, position_start: round(this.from) });
  }

  go() {
    if (this.from === null || this.video.seeking) return;
    const now = this.video.currentTime;
    // What jumps without saying so, as at a lost piece, was not seen.
    if (now < this.last - 0.5 || now > this.last + 3 * this.video.playbackRate) this.from = now;
    this.last = now;
    if (now - this.from >= PIECE) this.cut();
    this.place(now);
  }

  place(now) {
    if (Math.abs(now - (this.placed ?? -10)) < 3) return;
    this.placed = now;
    this.outbox.place({ video: this.id, seconds: round(now) });
  }

  cut() {
    if (this.from === null) return;
    const end = Math.max(this.last, this.from);
    if (end - this.from >= SHORTEST) {
      const speed = Math.min(16, Math.max(0.05, this.video.playbackRate));
      const columns = { object_id: this.id, position_start: round(this.from), position_end: round(end) };
      this.outbox.record("video_watched", columns, { speed });
    }
    this.from = this.last = end;
  }

  jump() {
    if (this.from === null) return;
    const left = this.last;
    this.cut();
    this.outbox.record("video_seeked", {
      object_id: this.id,
      position_start: round(left),
      position_end: round(this.video.currentTime),
    });
    this.from = this.last = this.video.currentTime;
  }

  stop() {
    if (this.from === null) return;
    if (!this.video.seeking && this.video.currentTime > this.last) this.last = this.video.currentTime;
    this.cut();
    this.outbox.record("video_paused", { object_id: this.id, position_end: round(this.last) });
    this.outbox.place({ video: this.id, seconds: round(this.last) });
    this.from = null;
    this.outbox.soon();
  }

  end() {
    this.last = this.video.duration || this.last;
    this.stop();
    this.outbox.place({ video: this.id, seconds: 0 });
  }
}

function round(seconds) {
  return Math.round(Math.max(0, seconds) * 100) / 100;
}
