// What the scripts of a page say, in its reader's language. The server gives this file out with that language's words.

export const LANGUAGE = "en";
const WORDS = {};

// The message with the values in their places. Messages are plain texts in double quotes, so that they can be found.
export function spoken(message, values = {}) {
  return (WORDS[message] ?? message).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
