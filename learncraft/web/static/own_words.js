// What Streamlit says by itself, said in the reader's language. It runs before Streamlit's own script.
((language, words, patterns) => {
  // Streamlit writes numbers, days and calendars as the browser's first language has them.
  const own = navigator.languages.filter((one) => one.split("-")[0] === language);
  const spoken = own.length ? own : [language];
  Object.defineProperty(navigator, "languages", { get: () => spoken });
  Object.defineProperty(navigator, "language", { get: () => spoken[0] });
  if (!words) return;

  // Texts only where nobody but Streamlit writes; labels for screen readers everywhere, ours are never among its words.
  const places = [
    "stFileUploader", "InputInstructions", "stElementToolbar", "stTooltipContent", "stAlertContainer", "stDialog",
    "stDataFrameColumnMenu", "stDataFrameColumnVisibilityMenu", "stDataFrameColumnFormattingMenu",
    "stDataFrameTooltipContent", "stStatusWidget", "stChatInput", "stDateInput", "stNumberInput",
  ].map((name) => `[data-testid="${name}"]`).concat("button", "[role=listbox]", "[role=menu]", ".gdg-search-bar").join(",");
  const attributes = ["aria-label", "title", "data-title", "placeholder"];
  const known = patterns.map(([pattern, said]) => [new RegExp(`^${pattern}$`), said]);

  function said(text) {
    const bare = text.trim();
    if (!bare) return text;
    if (Object.hasOwn(words, bare)) return text.replace(bare, () => words[bare]);
    for (const [pattern, message] of known) {
      const found = pattern.exec(bare);
      if (found) return text.replace(bare, () => message.replace(/\{(\w+)\}/g, (_all, name) => found.groups[name]));
    }
    return text;
  }

  function sayText(node) {
    if (!node.parentElement?.closest(places)) return;
    const other = said(node.data);
    if (other !== node.data) node.data = other;
  }

  function sayAttribute(element, name) {
    const given = element.getAttribute(name);
    if (given === null) return;
    const other = said(given);
    if (other !== given) element.setAttribute(name, other);
  }

  function sayAll(root) {
    if (root.nodeType === Node.TEXT_NODE) sayText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    for (const name of attributes) {
      sayAttribute(root, name);
      for (const element of root.querySelectorAll(`[${name}]`)) sayAttribute(element, name);
    }
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) sayText(texts.currentNode);
  }

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") sayAttribute(change.target, change.attributeName);
      else if (change.type === "characterData") sayText(change.target);
      else change.addedNodes.forEach(sayAll);
    }
  }).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: attributes,
  });
})
