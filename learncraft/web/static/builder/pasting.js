// What is pasted from a word processor or a page, as Markdown or as plain HTML: headings, lists, tables and links stay,
// fonts and colours go. Code editors and plain text paste as they are.

const TELLING = "h1,h2,h3,h4,h5,h6,b,strong,i,em,a[href],ul,ol,table,blockquote,[class^=MsoList],[style*=mso-list]";
const UNREAD = "style,script,meta,link,title,xml,template,noscript";
const BLOCKS = new Set(["P", "DIV", "SECTION", "ARTICLE", "UL", "OL", "TABLE", "BLOCKQUOTE", "PRE", "H1", "H2", "H3", "H4", "H5", "H6", "HR"]);

// Null where there is nothing to keep beyond the words.
function read(html) {
  if (!html) return null;
  const body = new DOMParser().parseFromString(html, "text/html").body;
  for (const one of body.querySelectorAll(UNREAD)) one.remove();
  return body.querySelector(TELLING) ? body : null;
}

export function asMarkdown(html) {
  const body = read(html);
  return body && blocks(body).trim();
}

export function asHtml(html) {
  const body = read(html);
  return body && plain(body).replace(/\n{3,}/g, "\n\n").trim();
}

// --- Markdown -------------------------------------------------------------------------------------------------

const level = (node) => Number(/mso-list:[^;"']*level(\d)/.exec(node.getAttribute("style") ?? "")?.[1] ?? 0);

function blocks(node) {
  const made = [];
  let line = "";
  const end = () => {
    if (line.trim()) made.push(line.trim());
    line = "";
  };
  let wasListed = false;
  for (const child of node.childNodes) {
    const isListed = child.nodeType === 1 && level(child) > 0;
    if (child.nodeType === 1 && (BLOCKS.has(child.tagName) || child.querySelector?.("p,div,ul,ol,table,h1,h2,h3,h4,h5,h6"))) {
      end();
      const said = block(child);
      if (isListed && wasListed && made.length) made[made.length - 1] += `\n${said}`;
      else if (said.trim()) made.push(said);
    } else line += inline(child);
    wasListed = isListed;
  }
  end();
  return made.join("\n\n");
}

function block(node) {
  const heading = /^H([1-6])$/.exec(node.tagName);
  if (heading) return `${"#".repeat(Number(heading[1]))} ${within(node)}`;
  if (level(node)) return listed(node);
  switch (node.tagName) {
    case "UL":
    case "OL":
      return list(node);
    case "TABLE":
      return table(node);
    case "BLOCKQUOTE":
      return blocks(node).replace(/^/gm, "> ");
    case "PRE":
      return `\`\`\`\n${node.textContent.replace(/\n$/, "")}\n\`\`\``;
    case "HR":
      return "---";
    default:
      return blocks(node);
  }
}

// Word writes lists as paragraphs, with the sign of the item in a part that readers of HTML should ignore.
function listed(node) {
  const copy = node.cloneNode(true);
  const sign = [...copy.querySelectorAll("[style*='mso-list:Ignore']")];
  const isNumbered = /[0-9a-z][.)]/i.test(sign[0]?.textContent ?? "");
  for (const one of sign) one.remove();
  return `${"   ".repeat(level(node) - 1)}${isNumbered ? "1." : "-"} ${within(copy)}`;
}

function list(node) {
  const items = [...node.children].filter((one) => one.tagName === "LI");
  return items
    .map((item, number) => {
      const sign = node.tagName === "OL" ? `${number + 1}. ` : "- ";
      return sign + blocks(item).replace(/\n\n(?=\s*(-|\d+\.) )/g, "\n").replace(/\n(?=.)/g, `\n${" ".repeat(sign.length)}`);
    })
    .join("\n");
}

function table(node) {
  const rows = [...node.querySelectorAll("tr")].map((row) => [...row.children].map((cell) => within(cell).replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ")));
  const width = Math.max(0, ...rows.map((row) => row.length));
  const drawn = rows.map((row) => `| ${Array.from({ length: width }, (_, at) => row[at] ?? "").join(" | ")} |`);
  drawn.splice(1, 0, `|${" --- |".repeat(width)}`);
  return drawn.join("\n");
}

const within = (node) => [...node.childNodes].map(inline).join("").trim();

function inline(node) {
  if (node.nodeType === 3) return node.data.replace(/[\s\u00a0]+/g, " ").replace(/([\\`*_[\]<$])/g, "\\$1");
  if (node.nodeType !== 1) return "";
  if (node.tagName === "BR") return "  \n";
  if (node.tagName === "CODE") return `\`${node.textContent}\``;
  const inside = [...node.childNodes].map(inline).join("");
  const said = inside.trim();
  if (!said) return inside;
  const around = (sign) => inside.replace(said, () => sign + said + sign);
  const weight = node.style?.fontWeight;
  switch (node.tagName) {
    case "B":
    case "STRONG":
      return weight === "normal" || weight === "400" ? inside : around("**");
    case "I":
    case "EM":
      return around("*");
    case "A":
      return /^(https?|mailto):/.test(node.href) ? `[${said}](${node.href})` : inside;
    default:
      return inside;
  }
}

// --- HTML -----------------------------------------------------------------------------------------------------

const KEPT = new Set([..."P H1 H2 H3 H4 H5 H6 UL OL LI TABLE THEAD TBODY TR TH TD BLOCKQUOTE PRE CODE B STRONG I EM U SUB SUP A BR HR".split(" ")]);
const SAID = { A: ["href"], TD: ["colspan", "rowspan"], TH: ["colspan", "rowspan"], OL: ["start"] };

function plain(node) {
  const text = document.createElement("span");
  return [...node.childNodes]
    .map((child) => {
      if (child.nodeType === 3) {
        text.textContent = child.data.replace(/[\s\u00a0]+/g, " ");
        return text.innerHTML;
      }
      if (child.nodeType !== 1) return "";
      const inside = plain(child);
      if (!KEPT.has(child.tagName)) return inside;
      const made = document.createElement(child.tagName);
      for (const name of SAID[child.tagName] ?? []) if (child.hasAttribute(name)) made.setAttribute(name, child.getAttribute(name));
      made.innerHTML = inside;
      return made.outerHTML + (BLOCKS.has(child.tagName) || child.tagName === "TR" ? "\n" : "");
    })
    .join("");
}
