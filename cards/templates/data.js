"use strict";
// The data beside the page: pieces that scripts hand over (cards.page_files), and rows by the words in them.

const KEPT = 60; // pieces that stay in memory
const given = new Map(); // name -> what is done with a piece that is being loaded
const pieces = new Map(); // name -> promise of its value, the last used at the end
let index = null;

/** What every piece calls: its name, and its value as gzip of JSON in base64. */
function mathloom(name, packed) {
  const wanted = given.get(name);
  given.delete(name);
  if (wanted) unpack(packed).then(wanted.resolve, wanted.reject);
}

async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/** A piece by its name. */
function piece(name) {
  let value = pieces.get(name);
  if (value) pieces.delete(name);
  else {
    value = new Promise((resolve, reject) => {
      given.set(name, { resolve, reject });
      const script = document.createElement("script");
      script.src = `data/${name}.js`;
      script.addEventListener("load", () => script.remove());
      script.addEventListener("error", () => reject(new Error(`data/${name}.js is not beside the page`)));
      document.head.append(script);
    });
  }
  pieces.set(name, value);
  if (pieces.size > KEPT) pieces.delete(pieces.keys().next().value);
  return value;
}

/** The number of the piece that would hold a label: the last that does not begin after it. */
function place(kind, label) {
  const starts = index.starts[kind] || [];
  let low = 0, high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= label) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The value under a label, or undefined. */
async function value(kind, label) {
  const number = place(kind, label);
  if (number < 0) return undefined;
  const held = await piece(`${kind}-${number}`);
  let low = 0, high = held.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (held[middle][0] < label) low = middle + 1;
    else high = middle;
  }
  return held[low] && held[low][0] === label ? held[low][1] : undefined;
}

const WORD = /[\p{L}\p{N}_]+/gu;

/** The rows in which every word of a query stands, as marks; null where nothing is asked. Words of three letters and more are beginnings. */
async function search(query) {
  const asked = [...new Set((query.toLowerCase().match(WORD) || []).map((word) => [...word].slice(0, 40).join("")))];
  if (!asked.length) return null;
  let marks = null;
  for (const word of asked) {
    const found = new Uint8Array(index.rows);
    for (let number = Math.max(0, place("words", word)); number < index.starts.words.length; number++) {
      if (number > 0 && index.starts.words[number] > word && !index.starts.words[number].startsWith(word)) break;
      for (const [held, steps] of await piece(`words-${number}`)) {
        if (held !== word && !(word.length > 2 && held.startsWith(word))) continue;
        let row = 0;
        for (const step of steps) found[(row += step)] = 1;
      }
    }
    if (marks) for (let row = 0; row < found.length; row++) found[row] &= marks[row];
    marks = found;
  }
  return marks;
}

/** The number of the row that has an id, or -1. */
async function numbered(id) {
  const marks = await search(id);
  for (let row = 0; marks && row < marks.length; row++) {
    if (marks[row] && (await value("titles", row))[0] === id) return row;
  }
  return -1;
}
