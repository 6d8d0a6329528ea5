"use strict";
// Texts that others wrote, shown as texts: elements are made one by one, and what is in them is text and never HTML.
// Formulas are found as builders.spans finds them (prices are none, a stray `$` joins nothing) and set by KaTeX.

// As builders.markdown: what cannot be seen, or turns the direction of what follows, is shown as U+FFFD.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]/gu;
const OPENING = /`{3,}|\\\\|\\\$|\\\[|\\\(|\\begin\{([a-zA-Z]+\*?)\}|\$\$?/g;
const ENVIRONMENT = /^(?:equation|align|alignat|aligned|alignedat|gather|gathered|multline|split|cases|array|smallmatrix|[bBpvV]?matrix)\*?$/;
const BLANK = /\n[ \t]*\n/;
const LONGEST = 4000; // characters of a formula that is set
const MOST = 1500; // formulas of one text that are set
const SHOWN = 40000; // characters of a text that are shown at once
// A command that KaTeX does not know stands in its formula as it was written; `throwOnError` would give up the formula.
const SETTING = { throwOnError: false, trust: false, strict: "ignore", maxSize: 20, maxExpand: 500, errorColor: "inherit" };

/** An element: `what` is its tag and classes ("div.words"); children are elements, texts, or nothing. */
function el(what, ...children) {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag);
  made.classList.add(...classes);
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** An element with attributes that we wrote ourselves; of what others wrote, only what cannot act. */
function having(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function clean(text) {
  return String(text).replace(/\r\n?/g, "\n").replace(UNSEEN, "\ufffd");
}

/** Where the formulas of a text stand: {start, end, inner, block}. */
function* formulas(text) {
  const none = new Set(); // closing signs that do not come any more
  const find = (sign, from) => {
    if (none.has(sign)) return -1;
    const at = text.indexOf(sign, from);
    if (at < 0) none.add(sign);
    return at;
  };
  const opening = new RegExp(OPENING.source, "g");
  for (let found; (found = opening.exec(text)); ) {
    const sign = found[0], start = found.index, from = start + sign.length;
    let close = -1, end = -1;
    if (sign[0] === "`") {
      const fence = find(sign, from);
      if (fence >= 0) opening.lastIndex = fence + sign.length;
      continue;
    }
    if (sign === "\\\\" || sign === "\\$") continue;
    if (found[1] !== undefined) {
      const last = `\\end{${found[1]}}`;
      close = ENVIRONMENT.test(found[1]) ? find(last, from) : -1;
      end = close + last.length;
    } else if (sign === "$") {
      close = dollar(text, start);
      end = close + 1;
    } else {
      const last = { "\\[": "\\]", "\\(": "\\)", "$$": "$$" }[sign];
      close = find(last, from);
      end = close + last.length;
    }
    if (close < 0 || close === from || end - start > LONGEST) continue;
    if (sign !== "\\[" && found[1] === undefined && BLANK.test(text.slice(start, end))) continue;
    const inner = found[1] !== undefined ? text.slice(start, end) : text.slice(from, close);
    yield { start, end, inner, block: sign !== "$" && sign !== "\\(" };
    opening.lastIndex = end;
  }
}

/** Where the formula ends that a single `$` opens; -1 where it opens none: `$5 and $6` are prices. */
function dollar(text, start) {
  const tight = /\S/.test(text[start + 1] || " ");
  for (let at = start + 1; at < text.length && at - start < LONGEST; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "$") {
      const after = text[at + 1] || "";
      const begins = /\d/.test(after) || (tight && /\s/.test(text[at - 1]) && /[a-zA-Z\\({|]/.test(after));
      return begins || after === "$" ? -1 : at;
    }
  }
  return -1;
}

/** A formula set by KaTeX, or null where it is no LaTeX that KaTeX reads. */
function typeset(inner, block) {
  const place = el("span");
  try {
    katex.render(inner, place, { ...SETTING, displayMode: block });
  } catch {
    return null;
  }
  return place.firstChild.classList.contains("katex-error") ? null : place.firstChild;
}

/** The pieces of a text, formulas among them set. */
function parts(text) {
  const made = [];
  let at = 0, set = 0;
  for (const { start, end, inner, block } of formulas(text)) {
    const formula = set < MOST ? typeset(inner, block) : null;
    const alone = formula && block; // it has lines of its own without those of the text
    const before = text.slice(at, start);
    made.push(alone ? before.replace(/\s*\n\s*$/, "") : before, formula || el("code", text.slice(start, end)));
    set += 1;
    at = end + (alone ? text.slice(end).match(/^(?:[ \t]*\n)*/)[0].length : 0);
  }
  made.push(text.slice(at));
  return made;
}

/** A text on one line: its formulas set small, but those of more than one line as they were written. */
function line(text) {
  const shown = clean(text), made = [];
  let at = 0;
  for (const { start, end, inner } of formulas(shown)) {
    const formula = /\\begin|\\\\/.test(inner) ? null : typeset(inner, false);
    if (!formula) continue;
    made.push(shown.slice(at, start), formula);
    at = end;
  }
  return [...made, shown.slice(at)].filter((part) => part !== "");
}

/** A text as a block; `raw`: with its mathematics as it was written. A very long one is shown in parts. */
function words(text, raw) {
  const whole = clean(text);
  const block = having(el("div.words"), { dir: "auto" });
  const show = (shown) => block.replaceChildren(...(raw ? [shown] : parts(shown)).filter((part) => part !== ""));
  show(whole.slice(0, SHOWN));
  if (whole.length > SHOWN) {
    const more = el("button.more", `all ${whole.length.toLocaleString("en")} characters`);
    more.addEventListener("click", () => show(whole));
    block.append(more);
  }
  return block;
}
