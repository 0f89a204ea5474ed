// Files brought into a lesson from where it is written: chosen, pasted, or dropped on it.

import { button, element } from "./elements.js";
import { progress, Refused, Sending } from "./sending.js";
import { spoken } from "./words.js";

export const KINDS = { image: "image/*", video: "video/*", file: "" };

// Which block shows a file of this type.
export const blockFor = (file) => (file.type.startsWith("image/") ? "image" : file.type.startsWith("video/") ? "video" : "file");

// A button beside the list to choose from, what it says while a file comes, and the way there for what is dropped.
export function bringing(words, type, { send, done }) {
  const said = element("span", { className: "note", aria: { role: "status" } });
  const input = element("input", { type: "file", accept: KINDS[type], hidden: true });
  const choose = button(words, "upload", () => input.click(), { kind: "small" });
  input.addEventListener("change", () => {
    if (input.files.length) take(input.files[0]);
    input.value = "";
  });
  async function take(file) {
    choose.disabled = true;
    const came = await send(file, (now) => (said.textContent = now));
    choose.disabled = false;
    if (came) done(came, file);
  }
  return { root: element("div", { className: "inline" }, choose, input, said), take };
}

// Sends a file, says how far it is, and returns what came of it; null when it was refused, which is said too.
export async function bringIn(file, message, said) {
  const sending = new Sending(named(file), message, { sent: (sent) => said(`${file.name}: ${progress(file, sent)}`), waits: said });
  const wake = () => sending.wake();
  const stay = (event) => event.preventDefault();
  window.addEventListener("online", wake);
  window.addEventListener("beforeunload", stay);
  try {
    const came = await sending.run();
    said("");
    return came;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    said(error.message);
    return null;
  } finally {
    window.removeEventListener("online", wake);
    window.removeEventListener("beforeunload", stay);
  }
}

// Every picture from the clipboard has the same name; a list of files tells them apart by when they were pasted.
function named(file) {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const at = new Date();
  const two = (number) => String(number).padStart(2, "0");
  const when = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
  return new File([file], `${spoken("Picture")} ${when}.${file.name.split(".").pop()}`, { type: file.type, lastModified: at.getTime() });
}

export const filesOf = (transfer) => [...(transfer?.files ?? [])];
