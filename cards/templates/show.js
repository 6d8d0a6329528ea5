"use strict";
// What is shown of a row, a point, a seed and a reply.

let raw = false; // whether mathematics stands as it was written
const SIDES = [["passage", "turns"], ["passage", "text"], ["problem", "solution"], ["question", "answer"]];
const LONG = 200; // characters from which on a text is no fact but a text
// shown elsewhere than among the facts
const ELSEWHERE = new Set(["id", "style", "hop", "reason", "detail", "step", "unit", "reply", "replies", "contamination",
  "problem_scores", "solution_verdicts", "knowledge_points", "seed_ids", "flags"]);

// what some columns have to be, to be shown as what they are; in rows of somebody else's they may be anything
const texts = (of) => Array.isArray(of) && of.every((one) => typeof one === "string");
const things = (of) => Array.isArray(of) && of.every((one) => one !== null && typeof one === "object" && !Array.isArray(one));
const SHAPES = { flags: texts, knowledge_points: texts, seed_ids: texts, turns: things, contamination: things, problem_scores: things, solution_verdicts: things, replies: things };

function number(value) {
  return Number.isInteger(value) ? value.toLocaleString("en") : String(Math.round(value * 1e4) / 1e4);
}

function count(value, what) {
  return `${number(value)} ${what}${value === 1 ? "" : "s"}`;
}

function link(text, to) {
  return having(el("a", clean(text)), { href: `#${new URLSearchParams(to)}` });
}

function section(title, ...children) {
  return el("section", el("h2", title), ...children);
}

function table(head, rows) {
  const line = (tag, cells) => el("tr", cells.map((cell) => el(tag, cell ?? "–")));
  return el("div.wide", el("table", line("th", head), ...rows.map((row) => line("td", row))));
}

function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el("dl", shown.flatMap(([name, value, about]) => [about ? having(el("dt", name), { title: about }) : el("dt", name), el("dd", value)]));
}

/** A value of a row among the facts: a formula is set, an address is a link, a list of things is a table. */
function fact(value) {
  if (things(value) && value.length) {
    const names = [...new Set(value.flatMap(Object.keys))];
    return table(names.map(clean), value.map((one) => names.map((name) => (one[name] === undefined || one[name] === null ? null : fact(one[name])))));
  }
  if (texts(value)) return fact(value.join(", "));
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "string") return el("code", clean(JSON.stringify(value)));
  if (/^https?:\/\/\S+$/.test(value)) return having(el("a", clean(value)), { href: value, rel: "noopener noreferrer", target: "_blank" });
  return having(el("bdi", raw ? clean(value) : parts(clean(value))), { dir: "auto" });
}

/** What opens when it is asked for; `fill` gives its content. */
function folded(summary, fill, open = false) {
  const made = el("details", el("summary", summary));
  const once = async () => {
    made.removeEventListener("toggle", once);
    made.append(el("div", await fill()));
  };
  made.addEventListener("toggle", once);
  made.open = open;
  return made;
}

function badge(kind, text) {
  return el(`span.badge.${kind}`, clean(text).replaceAll("_", " "));
}

async function rowView(place) {
  const { config, row: given } = await value("rows", place);
  const fits = ([name, of]) => !Object.hasOwn(SHAPES, name) || SHAPES[name](of);
  const odd = Object.entries(given).filter((entry) => !fits(entry));
  const row = Object.fromEntries(Object.entries(given).filter(fits));
  const sides = SIDES.find((names) => names.every((name) => name in row)) || SIDES.find(([name]) => name in row && name === "passage") || [];
  const lost = row.reason && row.step !== undefined;
  const rest = Object.entries(row).filter(([name, of]) => !ELSEWHERE.has(name) && !sides.includes(name) && !(Array.isArray(of) && !of.length));
  const long = rest.filter(([, of]) => typeof of === "string" && of.length > LONG);
  const short = rest.filter(([, of]) => !(typeof of === "string" && of.length > LONG));
  return [
    el("p.badges", badge("kind", row.style || row.hop || config), lost ? badge("lost", row.reason) : badge("kept", "kept"),
      (row.flags || []).map((flag) => badge("flag", `flagged: ${flag}`)), row.contamination?.length ? badge("lost", "contamination") : null),
    el("h1", having(el("bdi", clean(row.id ?? `row ${place + 1}`)), { dir: "auto" })),
    lost ? verdict(row) : null,
    el("div.sides", sides.filter((name) => name in row).map((name) => section(name === "turns" || name === "text" ? "Dialogue" : named(name), side(row, name)))),
    row.problem_scores || row.solution_verdicts ? section("Judges", judges(row)) : null,
    row.contamination?.length ? section("Shared with benchmarks", hits(row.contamination)) : null,
    row.knowledge_points?.length ? section("Points", el("p.links", row.knowledge_points.map((name) => link(name, { point: name })))) : null,
    long.map(([name, of]) => section(named(name), words(of, raw))),
    section("What is known of it", facts([...short.map(([name, of]) => [clean(name).replaceAll("_", " "), name === "knowledge_point" && index.starts.points ? link(of, { point: of }) : fact(of), Object.hasOwn(index.columns, name) ? index.columns[name] : null]), ...odd.map(([name, of]) => [clean(name), fact(of)]), ...others(row)])),
    way(row),
  ];
}

function named(name) {
  return clean(name.slice(0, 1).toUpperCase() + name.slice(1)).replaceAll("_", " ");
}

function verdict(row) {
  const meaning = Object.hasOwn(index.reasons, row.reason) ? index.reasons[row.reason] : null;
  return el("p.verdict", `Rejected at ${clean(row.step)}: ${clean(row.reason).replaceAll("_", " ")}${meaning ? ` (${meaning})` : ""}. `, row.detail ? fact(row.detail) : "");
}

function side(row, name) {
  if (name !== "turns") return words(typeof row[name] === "string" ? row[name] : JSON.stringify(row[name]), raw);
  if (!row.turns.length) return el("p.note", "None could be read.");
  const speakers = [...new Set(row.turns.map((turn) => turn.speaker))];
  return row.turns.map((turn) =>
    el(`div.turn.by${speakers.indexOf(turn.speaker) % 4}`, having(el("p.speaker", clean(turn.speaker ?? "")), { dir: "auto" }), words(turn.text ?? "", raw)));
}

function judges(row) {
  const said = new Map();
  for (const one of row.problem_scores || []) said.set(one.judge, { score: one.score });
  for (const one of row.solution_verdicts || []) said.set(one.judge, { ...said.get(one.judge), verdict: one.verdict ?? "none" });
  const right = (of) => (of === true ? el("span.yes", "right") : of === false ? el("span.no", "wrong") : of === undefined ? null : "no verdict");
  return table(["judge", "of the problem", "of the solution"],
    [...said].map(([judge, of]) => [clean(judge), typeof of.score === "number" ? number(of.score) : null, right(of.verdict)]));
}

function hits(found) {
  return table(["benchmark", "item", "how", "what"], found.map((hit) => [hit.benchmark, hit.id, hit.layer, hit.evidence].map((text) => clean(text ?? ""))));
}

/** Links to what belongs to a row: its seeds, and what else was made of its passage or document. */
function others(row) {
  return [
    ["seeds", row.seed_ids?.length && index.starts.seeds ? el("span.links", [...new Set(row.seed_ids)].map((seed) => link(seed, { seed }))) : null],
    ["of this passage", row.passage_id && row.passage_id !== row.id ? link("all its rows", { q: row.passage_id }) : null],
    ["of this document", row.document_id ? link("all its rows", { q: row.document_id }) : null],
  ];
}

/** The whole way of a row: seeds, points, and every question and reply about it. */
function way(row) {
  const listed = [...(row.reply ? [{ key: row.reply, step: row.style || "reply" }] : []), ...(row.replies || [])].filter((one) => one.key);
  if (!listed.length || !index.starts.replies.length) return null;
  const seeds = index.starts.seeds ? [...new Set(row.seed_ids || [])] : [];
  const points = index.starts.points ? row.knowledge_points || [] : [];
  const replies = listed.length === 1 ? "1 question with its reply" : `${listed.length} questions with their replies`;
  return section("The whole way", folded(replies + (seeds.length ? ", and where its points come from" : ""), () => [
    seeds.map((seed) => folded(["Seed ", clean(seed)], () => seedView(seed))),
    points.map((name) => folded(["Point ", el("b", clean(name))], () => pointView(name, true))),
    listed.map((one) => exchange(one.key, one.step, listed.length === 1)),
  ]));
}

/** A question as it was asked and the reply as it was received, after the tries that came to nothing before it. */
function exchange(key, step, open = false) {
  return folded([el("b", clean(step)), " ", el("span.soft", key.slice(0, 12))], async () => {
    const reply = await value("replies", key);
    if (!reply) return el("p.note", "The folder does not hold this reply.");
    const tokens = [reply.prompt_tokens, reply.completion_tokens].map((count) => (count === undefined ? "unknown" : number(count)));
    const ended = reply.finish_reason && reply.finish_reason !== "stop" ? ` (ended: ${clean(reply.finish_reason)})` : "";
    return [
      (reply.before || []).map((earlier) => exchange(earlier, "the try before")),
      facts([
        ["model", clean(reply.model) + (reply.revision ? ` at ${clean(reply.revision).slice(0, 12)}` : "")], ["sampling", clean(reply.sampling ?? "")],
        ["which", reply.sample || reply.try ? `sample ${reply.sample ?? 0}, try ${reply.try ?? 0}` : null],
        ["prompt", clean(reply.prompt ?? "")], ["tokens", `${tokens[0]} in, ${tokens[1]} out`], ["key", el("code", key)],
      ]),
      (reply.messages || []).map((message) => said(`${clean(message.role)} asks`, message.content ?? "", "asks")),
      reply.reasoning ? said("the model's reasoning", reply.reasoning, "replies") : null,
      said(`the model replies${ended}`, reply.text === undefined ? "[no text is recorded]" : reply.text || "[the text is empty]", "replies"),
    ];
  }, open);
}

function said(what, text, kind) {
  return el(`figure.${kind}`, el("figcaption", what), words(text, raw));
}

/** A point: its names, its neighbours, its problems; `inner`: as a part of a row's way, where the rest would lead away. */
async function pointView(name, inner = false) {
  const point = await value("points", name);
  if (!point) return el("p.note", "The folder's vocabulary does not hold this point.");
  const names = point.spellings.length
    ? table(["spelled", "decision", "similarity", "why", "seeds"], point.spellings.map((row) => [
        clean(row.spelling), clean(row.decision ?? ""), typeof row.similarity === "number" ? row.similarity.toFixed(3) : null, fact(row.reason ?? ""),
        el("span.links", (row.seed_ids || []).slice(0, 8).map((seed) => link(seed.slice(0, 8), { seed })), row.seed_ids?.length > 8 ? `and ${row.seed_ids.length - 8} more` : null)]))
    : el("p.note", "The folder holds no vocabulary: how it was spelled is not known.");
  const asked = point.asked.map(([key, step]) => exchange(key, step));
  if (inner) return [names, asked];
  return [
    el("p.badges", badge("kind", "point")), el("h1", clean(name)),
    section(`Neighbours: ${number(point.beside.length)}`, point.beside.length
      ? el("p.links", point.beside.map(([other, weight]) => el("span.pair", link(other, { point: other }), weight > 1 ? el("span.soft", ` ×${weight}`) : null)))
      : el("p.note", "It stands beside no other point.")),
    section(`Problems: ${number(point.rows.length)}`, await rowLinks(point.rows)),
    section("Its names", names), asked.length ? section("What was asked about it", asked) : null,
  ];
}

async function seedView(id) {
  const seed = await value("seeds", id);
  if (!seed) return el("p.note", "The folder names no such seed.");
  return [
    facts([["points", el("span.links", seed.points.map(([spelling, name]) => (name ? link(name, { point: name }) : el("s", clean(spelling)))))],
      ["witness of", seed.rows.length ? count(seed.rows.length, "row") : null]]),
    seed.asked.length > 1 ? el("p.note", "More than one reply names just these points, and the folder does not say which is this seed's:") : null,
    seed.asked.length ? seed.asked.map(([key, step]) => exchange(key, step)) : el("p.note", "No reply in the folder names just these points."),
  ];
}

/** Rows as links, the first hundred. */
async function rowLinks(rows) {
  const shown = await Promise.all(rows.slice(0, 100).map(async (row) => [row, await value("titles", row)]));
  if (!rows.length) return el("p.note", "None.");
  return el("ol.rows", shown.map(([, [id, title]]) => el("li", having(el("a", line(title || id)), { href: `#${new URLSearchParams({ row: id })}` }))),
    rows.length > 100 ? el("li.note", `and ${number(rows.length - 100)} more`) : null);
}
