// Runs in a process that may do nothing: starts Python, waits for one program, runs it, says what came of it.
// One JSON object a line, both ways. Nothing here is trusted by LearnCraft: the limits are kept from outside too.

const deno = globalThis.Deno;
const encoder = new TextEncoder();
const folder = deno.args[0];

function say(message) {
  let bytes = encoder.encode(JSON.stringify(message) + "\n");
  while (bytes.length) bytes = bytes.subarray(deno.stdout.writeSync(bytes));
}

async function readLine() {
  const decoder = new TextDecoder();
  let text = "";
  const chunk = new Uint8Array(65536);
  for (;;) {
    const count = await deno.stdin.read(chunk);
    if (count === null) deno.exit(0); // whoever started us has left
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
    if (text.endsWith("\n")) return text;
  }
}

const { loadPyodide } = await import(`file://${folder}/pyodide.mjs`);
const harness = deno.readTextFileSync(deno.args[1]);
let snapshot;
try {
  snapshot = deno.readFileSync(`${folder}/snapshot.bin`);
} catch {
  // Without one it takes two seconds instead of a quarter.
}
const python = await loadPyodide({ indexURL: `${folder}/`, _loadSnapshot: snapshot, env: { HOME: "/home/learner" } });
snapshot = undefined;

const globals = python.toPy({});
python.runPython(harness, { globals });

for (const name of ["read", "import"]) await deno.permissions.revoke({ name });
say({ ready: true });

const program = JSON.parse(await readLine());
const { limits } = program;

// The file system is in memory: it gets a size and a number of files.
const { FS } = python;
const { MEMFS } = FS.filesystems;
const full = () => {
  throw new FS.ErrnoError(51); // no space left on device
};
const { expandFileStorage, createNode } = MEMFS;
let nodes = 0;
MEMFS.expandFileStorage = (node, size) => (size > limits.file_bytes ? full() : expandFileStorage(node, size));
MEMFS.createNode = (...given) => (++nodes > limits.files ? full() : createNode(...given));

let spent = 0;
function stream() {
  const decoder = new TextDecoder();
  return {
    isatty: false,
    write(bytes) {
      spent += bytes.length;
      const room = limits.output_bytes - (spent - bytes.length);
      const text = decoder.decode(bytes.subarray(0, Math.max(0, room)), { stream: true });
      if (text) say({ out: text });
      if (spent > limits.output_bytes) {
        say({ limit: "output" });
        deno.exit(0);
      }
      return bytes.length;
    },
  };
}

python.setStdout(stream());
python.setStderr(stream());

const channel = {
  begin(index) {
    spent = 0;
    nodes = 0;
    say({ begin: index });
  },
  input(text) {
    const bytes = encoder.encode(text);
    let at = 0;
    python.setStdin({
      isatty: false,
      read(buffer) {
        const part = bytes.subarray(at, at + buffer.length);
        buffer.set(part);
        at += part.length;
        return part.length;
      },
    });
  },
  end(outcome) {
    say({ end: JSON.parse(outcome) });
  },
};

try {
  globals.get("run")(JSON.stringify(program), channel);
} catch (error) {
  say({ broken: String(error?.message ?? error).slice(-2000) });
}
say({ done: true });
deno.exit(0);
