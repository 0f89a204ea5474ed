// Two texts of one lesson that grew from the same one, made into one again. Where both changed the same piece, a person
// chooses. Nothing here knows the page or the server.

const PLAIN = ["title", "description", "minutes", "is_free", "is_published", "learning_objectives", "resources", "variants"];

export const same = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

// The merged text, with mine where both changed a piece, and those pieces to choose from.
export function merge(base, mine, theirs) {
  const text = { ...mine };
  const overlaps = [];
  for (const key of PLAIN) {
    if (same(mine[key], theirs[key]) || same(base[key], theirs[key])) continue;
    if (same(base[key], mine[key])) text[key] = theirs[key];
    else overlaps.push({ key, mine: mine[key], theirs: theirs[key] });
  }
  const byId = (blocks) => new Map(blocks.map((block) => [block.id, block]));
  const [was, my, their] = [base, mine, theirs].map((one) => byId(one.blocks));
  const kept = new Map();
  for (const id of new Set([...my.keys(), ...their.keys()])) {
    const [old, a, b] = [was.get(id), my.get(id), their.get(id)];
    if (a && b) {
      const isChoice = !same(a, b) && !(old && same(old, a)) && !(old && same(old, b));
      if (isChoice) overlaps.push({ key: "block", id, mine: a, theirs: b });
      kept.set(id, old && same(old, a) ? b : a);
    } else if (a && !(old && same(old, a))) {
      kept.set(id, a); // mine is new, or they deleted what I changed: words win over deletions
    } else if (b && !(old && same(old, b))) {
      kept.set(id, b);
    }
  }
  text.blocks = ordered(base, mine, theirs, kept);
  return { text, overlaps };
}

// The order of whoever changed it; what the other one added follows what it followed there.
function ordered(base, mine, theirs, kept) {
  const ids = (one) => one.blocks.map((block) => block.id);
  const common = (one, other) => ids(one).filter((id) => ids(other).includes(id));
  const iMoved = !same(common(mine, base), common(base, mine));
  const [first, second] = iMoved || same(ids(base), ids(theirs)) ? [mine, theirs] : [theirs, mine];
  const order = ids(first).filter((id) => kept.has(id));
  let before = null;
  for (const id of ids(second)) {
    if (!kept.has(id)) continue;
    if (!order.includes(id)) order.splice(before === null ? 0 : order.indexOf(before) + 1, 0, id);
    before = id;
  }
  return order.map((id) => kept.get(id));
}

// The merged text after somebody chose: "mine", "theirs" or, for a block, "both".
export function decide({ text, overlaps }, choices) {
  const made = { ...text, blocks: [...text.blocks] };
  overlaps.forEach((overlap, number) => {
    const choice = choices[number] ?? "mine";
    if (overlap.key !== "block") {
      made[overlap.key] = overlap[choice === "theirs" ? "theirs" : "mine"];
      return;
    }
    const at = made.blocks.findIndex((block) => block.id === overlap.id);
    if (choice === "both") made.blocks.splice(at, 1, overlap.mine, { ...overlap.theirs, id: `${overlap.id}-2`.slice(-64) });
    else made.blocks[at] = overlap[choice];
  });
  return made;
}
