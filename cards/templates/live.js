"use strict";
// A run under way: once a second what it says of itself, as it says it; of the rows the last hundred that were seen.

const SEEN = 100;
const SILENT = 15; // seconds without a word, after which the run may be dead
const $ = (name) => document.getElementById(name);
const seen = new Set();
let run = null; // which run is shown

function time(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours} h ${minutes} min` : minutes ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

function count(value) {
  return value.toLocaleString("en");
}

function tile(what, value, under) {
  return el("div.tile", el("div.soft", what), el("div.value", value), under ? el("div.soft", under) : null);
}

function show(said) {
  const quiet = (Date.now() - Date.parse(said.time)) / 1000;
  const ended = said.ended === "done" ? "It is done." : said.ended ? `It ended: ${clean(said.ended.replace(/^\w+: /, ""))}` : null;
  const silent = quiet > SILENT ? `No word for ${time(quiet)}: if it was killed, the same command goes on.` : null;
  document.title = `${count(said.rows)} rows: ${clean(said.output)}`;
  $("name").textContent = clean(said.output);
  $("what").textContent = `${clean(said.step)}, ${time(said.seconds)} so far. ${ended || silent || "Under way."}`;
  document.body.classList.toggle("ended", Boolean(ended || silent));
  $("bar").hidden = !said.total;
  if (said.total) $("bar").value = said.rows / said.total;
  const dollars = said.cost === null ? "no price" : `$${said.cost.toFixed(said.cost < 1 ? 3 : 2)}`;
  $("numbers").replaceChildren(
    tile("rows", count(said.rows), said.total ? `of ${count(said.total)}` : null),
    tile("kept", count(said.kept), said.rows ? `${Math.round((100 * said.kept) / (said.kept + said.rejected))} %` : null),
    tile("rejected", count(said.rejected)),
    tile("replies", count(said.asked), "in this run"),
    tile("tokens/s", count(Math.round(said.tokens_per_second)), `${count(said.tokens.completion)} written`),
    tile("slots", `${count(said.under_way)}/${count(said.slots)}`, "in use"),
    tile("money", dollars, said.budget === null ? null : `of $${said.budget}`),
    tile("time left", said.seconds_left === null ? "–" : time(said.seconds_left)),
  );
  const most = Math.max(1, ...Object.values(said.reasons));
  $("reasons").replaceChildren(...Object.entries(said.reasons).map(([reason, times]) => {
    const bar = document.createElement("progress");
    bar.max = most;
    bar.value = times;
    return el("div.reason", el("span", clean(reason).replaceAll("_", " ")), bar, el("span.number", count(times)));
  }));
  if (!Object.keys(said.reasons).length) $("reasons").replaceChildren(el("p.note", "Nothing was rejected yet."));
}

function came(rows) {
  for (const row of rows) {
    if (seen.has(row.id)) continue;
    seen.add(row.id);
    const texts = Object.entries(row.texts).map(([name, text]) => el("section", el("h2", name), words(text, false)));
    const badges = [row.style || row.hop ? el("span.badge.kind", clean(row.style || row.hop).replaceAll("_", " ")) : null,
      el(`span.badge.${row.reason ? "lost" : "kept"}`, clean(row.reason || "kept").replaceAll("_", " "))];
    $("came").prepend(el("article", el("p.badges", badges, el("span.id", clean(row.id ?? ""))),
      row.detail ? el("p.verdict", clean(row.detail)) : null, el("div.sides", texts)));
  }
  while ($("came").children.length > SEEN) $("came").lastChild.remove();
}

async function look() {
  try {
    const said = await (await fetch("progress.json", { cache: "no-store" })).json();
    if (said) {
      const which = `${said.started} ${said.run}`;
      if (which !== run) {
        seen.clear();
        $("came").replaceChildren();
      }
      run = which;
      show(said);
      came(said.last);
    }
  } catch {
    $("what").textContent = "This page's server does not answer: it was ended, or its port was taken.";
  }
  setTimeout(look, 1000);
}

look();
