"use strict";
// The page: what is searched and filtered, the list of rows, the one that is read, and the keys.

const HIGH = 68; // pixels of a row in the list; as in page.css
const $ = (name) => document.getElementById(name);
const wide = matchMedia("(min-width: 900px)");
let state = {}; // q, the filters by name, and one of row, point, seed: as in the address behind #
let listed = []; // what the list shows: numbers of rows, or points
let at = -1; // which of them is chosen
let all = null; // all points, once they are asked for
let turn = 0; // of the searches the last one counts

const KEYS = "/ searches, ↑ ↓ go through the list, Enter reads, Esc goes back, m shows mathematics as it was written.";

const inPoints = () => state.tab === "points";
const subject = () => ["row", "point", "seed"].find((name) => state[name]);

function go(change, replacing = false) {
  const next = Object.fromEntries(Object.entries({ ...state, ...change }).filter(([, value]) => value));
  const hash = `#${new URLSearchParams(next)}`;
  if (replacing) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
  return arrive();
}

/** Shows what the address says. */
async function arrive() {
  const before = state;
  state = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (document.activeElement !== $("q")) $("q").value = state.q || "";
  $("rows-tab").setAttribute("aria-selected", String(!inPoints()));
  $("points-tab").setAttribute("aria-selected", String(inPoints()));
  $("filters").hidden = inPoints();
  const same = ["q", "tab", ...index.facets.map((facet) => facet.name)].every((name) => before[name] === state[name]);
  if (!same || !listed.length) await choose();
  await read();
}

/** Fills the list. */
async function choose() {
  const mine = ++turn;
  if (inPoints()) {
    all = all || (await piece("all-points"));
    const wanted = (state.q || "").toLowerCase();
    listed = all.filter(([name]) => name.toLowerCase().includes(wanted));
  } else {
    const marks = await search(state.q || "");
    if (mine !== turn) return;
    listed = filter(marks);
  }
  at = -1;
  const of = inPoints() ? all.length : index.rows;
  $("count").textContent = `${number(listed.length)} of ${number(of)} ${inPoints() ? "points" : "rows"}`;
  $("space").style.height = `${listed.length * HIGH}px`;
  $("list").scrollTop = 0;
  if (wide.matches && listed.length && !subject()) await open(0, true); // else half of the screen would be empty
  paint();
}

/** The rows that have what is chosen, and how many would have each other choice. */
function filter(marks) {
  const chosen = index.facets.map((facet) => {
    const wanted = facet.values.indexOf(state[facet.name]);
    return state[facet.name] === undefined ? null : facet.sets.map((set) => set.includes(wanted));
  });
  const counts = index.facets.map((facet) => new Uint32Array(facet.sets.length));
  const found = [];
  for (let row = 0; row < index.rows; row++) {
    if (marks && !marks[row]) continue;
    let missed = -1, misses = 0;
    for (let of = 0; of < chosen.length; of++) {
      if (chosen[of] && !chosen[of][index.facets[of].of[row]]) { missed = of; misses++; }
    }
    if (!misses) found.push(row);
    if (misses < 2) {
      for (let of = 0; of < chosen.length; of++) if (!misses || missed === of) counts[of][index.facets[of].of[row]]++;
    }
  }
  index.facets.forEach((facet, of) => offer(facet, counts[of]));
  return found;
}

function offer(facet, counts) {
  const sums = new Array(facet.values.length).fill(0);
  facet.sets.forEach((set, number) => set.forEach((which) => (sums[which] += counts[number])));
  const select = $(`by-${facet.name}`);
  const order = facet.values.map((name, which) => which).sort((a, b) => (facet.values[b] === "kept") - (facet.values[a] === "kept") || sums[b] - sums[a]);
  const options = order.map((which) => having(el("option", `${clean(facet.values[which]).replaceAll("_", " ")} (${number(sums[which])})`), { value: facet.values[which] }));
  select.replaceChildren(having(el("option", `${facet.name}: all`), { value: "" }), ...options);
  select.value = facet.values.includes(state[facet.name]) ? state[facet.name] : "";
  select.classList.toggle("set", Boolean(select.value));
}

/** Draws the part of the list that is in sight. */
function paint() {
  const list = $("list");
  const first = Math.max(0, Math.floor(list.scrollTop / HIGH) - 5);
  const last = Math.min(listed.length, Math.ceil((list.scrollTop + list.clientHeight) / HIGH) + 5);
  const items = [];
  for (let number = first; number < last; number++) items.push(item(number));
  $("shown").style.transform = `translateY(${first * HIGH}px)`;
  $("shown").replaceChildren(...items);
  if (!listed.length) $("shown").replaceChildren(el("p.note", inPoints() ? "No such point." : "No row has all of this."));
  at >= 0 ? list.setAttribute("aria-activedescendant", `item-${at}`) : list.removeAttribute("aria-activedescendant");
}

function item(number_) {
  const made = having(el("div.item"), { role: "option", id: `item-${number_}`, "aria-selected": String(number_ === at) });
  made.addEventListener("click", () => open(number_));
  if (inPoints()) {
    const [name, degree, rows] = listed[number_];
    made.append(el("div.line", clean(name)), el("div.under", `${count(degree, "neighbour")}, ${count(rows, "row")}`));
    return made;
  }
  const row = listed[number_], under = el("div.under"), top = having(el("div.line"), { dir: "auto" });
  for (const facet of index.facets) {
    if (!["config", "style", "hop", "reason"].includes(facet.name)) continue;
    for (const which of facet.sets[facet.of[row]]) {
      const text = facet.values[which];
      under.append(badge(facet.name !== "reason" ? "kind" : text === "kept" ? "kept" : "lost", text));
    }
  }
  value("titles", row).then(([id, title]) => {
    top.append(...line(title || id));
    under.append(having(el("span.id", clean(id)), { dir: "auto" }));
  }, failed);
  made.append(top, under);
  return made;
}

async function open(number_, replacing = false) {
  clearTimeout(step.later);
  const mine = turn;
  at = number_;
  const found = listed[number_];
  if (found === undefined) return;
  const to = inPoints() ? { point: found[0] } : { row: (await value("titles", found))[0] || `#${found}` };
  if (mine === turn) await go({ row: "", point: "", seed: "", ...to }, replacing); // else the list is another one by now
}

/** Shows what the address names. */
async function read() {
  const kind = subject();
  document.body.classList.toggle("reading", Boolean(kind));
  const key = kind ? `${kind} ${state[kind]} ${raw}` : "";
  if (!kind) {
    $("detail").replaceChildren(el("p.note.empty", `Choose a row. ${KEYS}`));
  } else if ($("detail").dataset.key !== key) {
    $("detail").replaceChildren(...(await view(kind, state[kind])).flat(Infinity).filter((part) => part), el("p.note.keys", KEYS));
    $("detail").scrollTop = 0;
  }
  $("detail").dataset.key = key;
  paint();
}

async function view(kind, name) {
  if (kind === "point") return [await pointView(name)].flat();
  if (kind === "seed") return [el("p.badges", badge("kind", "seed")), el("h1", clean(name)), await seedView(name)];
  const known = at >= 0 && !inPoints() && ((await value("titles", listed[at]))[0] || `#${listed[at]}`) === name;
  const row = known ? listed[at] : name.startsWith("#") ? Number(name.slice(1)) : await numbered(name);
  if (!(row >= 0 && row < index.rows)) return [el("p.note", `There is no row ${clean(name)} here.`)];
  if (!known && !inPoints()) at = listed.indexOf(row);
  return rowView(row);
}

/** Goes through the list; where there is room beside it, the row is read at once. */
function step(by) {
  if (!listed.length) return;
  at = Math.min(listed.length - 1, Math.max(0, at + by));
  const list = $("list"), top = at * HIGH;
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + HIGH > list.scrollTop + list.clientHeight) list.scrollTop = top + HIGH - list.clientHeight;
  paint();
  clearTimeout(step.later);
  if (wide.matches) step.later = setTimeout(() => open(at).catch(failed), 60);
}

function back() {
  if (document.activeElement === $("q") || document.activeElement === $("detail")) return $("list").focus();
  if (subject() && !wide.matches) return go({ row: "", point: "", seed: "" });
  if (state.q) return go({ q: "" });
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = document.activeElement === $("q"), choosing = document.activeElement?.tagName === "SELECT";
  const inDetail = $("detail").contains(document.activeElement);
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, ...(typing ? {} : { j: 1, k: -1, Home: -1e9, End: 1e9 }) };
  if (event.key === "Escape") back();
  else if (choosing) return;
  else if (event.key in steps && !inDetail) step(steps[event.key]);
  else if (event.key === "Enter" && !inDetail) {
    if (typing && at < 0) step(1);
    open(at).then(() => $("detail").focus(), failed);
  } else if (!typing && event.key === "/") $("q").select();
  else if (!typing && event.key === "m") { raw = !raw; read().catch(failed); }
  else return;
  event.preventDefault();
}

function failed(problem) {
  const shown = el("p.verdict", typeof DecompressionStream === "undefined" ? "This browser is too old to unpack the data (DecompressionStream is missing)." : clean(problem.message));
  $("detail").replaceChildren(shown);
  document.body.classList.add("reading");
}

async function start() {
  index = await piece("index");
  document.title = `${clean(index.name)}: ${index.title}`;
  $("name").textContent = clean(index.name);
  $("what").textContent = index.title + (index.rehearsal ? ". These rows come from a rehearsal: a scripted teacher, not a language model." : "");
  $("tabs").hidden = !index.starts.points;
  for (const { name } of index.facets) {
    const select = having(el("select"), { id: `by-${name}`, "aria-label": name });
    select.addEventListener("change", () => go({ [name]: select.value, row: "", point: "", seed: "" }).catch(failed));
    $("filters").append(select);
  }
  $("rows-tab").addEventListener("click", () => go({ tab: "" }).catch(failed));
  $("points-tab").addEventListener("click", () => go({ tab: "points" }).catch(failed));
  $("back").addEventListener("click", () => go({ row: "", point: "", seed: "" }).catch(failed));
  $("q").addEventListener("input", () => {
    clearTimeout(start.later);
    start.later = setTimeout(() => go({ q: $("q").value, row: wide.matches ? state.row : "" }, true).catch(failed), 120);
  });
  $("list").addEventListener("scroll", paint, { passive: true });
  addEventListener("resize", paint);
  addEventListener("popstate", () => arrive().catch(failed));
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => {
    const to = event.target.closest?.("a[href^='#']");
    if (!to) return;
    event.preventDefault();
    const { q, ...rest } = Object.fromEntries(new URLSearchParams(to.getAttribute("href").slice(1)));
    go(q ? { ...Object.fromEntries(Object.keys(state).map((name) => [name, ""])), q } : { row: "", point: "", seed: "", ...rest }).catch(failed);
  });
  await arrive();
}

start().catch(failed);
