/* The schedule: keeps up with what is new, and draws the calendar where it fits. */
import { ask, deviceClock, exchange, isOut, keepUp, read, trouble } from "./news-790dd48b.js";

const place = document.getElementById("schedule");
const words = place.dataset;
const STALE = 60000;
const wide = matchMedia("(min-width: 48.01rem)");

let seen = "";
let grid = null, drawing = null;
let data = null, base = null;
let asked = 0, refreshed = performance.now();
let ends = Infinity;

/* The clock on the wall of the place, as the server told it, and what passed since. */
function wallNow() {
  return base && new Date(base.wall + performance.now() - base.at);
}

function wallClock(at) {
  if (!base) return deviceClock(at);
  return new Date(base.wall + at - base.at).toISOString().slice(11, 16);
}

/* Read the day anew: the list always, the drawn calendar where there is one. */
async function refresh() {
  asked += 1;
  const mine = asked;
  try {
    const [list, day] = await Promise.all([
      read(words.list, "text/html").then((answer) => answer.text()),
      grid && read(words.data, "application/json").then((answer) => answer.json()),
    ]);
    if (mine !== asked) return;
    exchange(list, ["figures", "list"]);
    heed(document.getElementById("list"));
    if (day) take(day);
    grid?.show(data);
  } catch (error) {
    trouble(error);
  }
}

/* What the list knows of, and when the first hold in it ends. */
function heed(list) {
  seen = list.dataset.tag;
  refreshed = performance.now();
  ends = list.dataset.ends ? refreshed + list.dataset.ends * 1000 : Infinity;
}

/* Where the list and the drawn day differ, something happened between the two: ask again. */
function take(day) {
  data = day;
  if (day.tag !== seen) seen = "";
  base = { wall: Date.parse(`${day.now}Z`), at: performance.now() };
}

/* Past midnight whoever looked at today looks at today again; a question that is open is answered first. */
function turn(today) {
  if (document.querySelector("dialog[open]")) return;
  if (words.day === page.today) location.replace(words.dayUrl.replace("DAY", today));
  else location.reload();
}

/* The calendar and its library come only where there is room for it. */
async function draw() {
  if (!wide.matches || drawing) return;
  drawing = Promise.all([
    import("./schedule_grid-e3b23753.js"),
    read(words.data, "application/json").then((answer) => answer.json()),
    added("script", { src: words.script }),
    added("link", { rel: "stylesheet", href: words.style }),
  ]);
  try {
    const [module, day] = await drawing;
    take(data ?? day);
    grid = module.draw(place, data, { ask, refresh, trouble, wallNow, isLost: isOut });
  } catch (error) {
    drawing = null;
    trouble(error);
  }
}

function added(tag, about) {
  return new Promise((done, failed) => {
    const element = Object.assign(document.createElement(tag), about, { onload: done, onerror: failed });
    if (tag === "link") document.head.prepend(element);
    else document.head.append(element);
  });
}

wide.addEventListener("change", draw);
heed(document.getElementById("list"));
draw();
const page = {
  address: () => words.tagUrl,
  here: words.here,
  today: words.today,
  seen: () => seen,
  isStale: () => performance.now() > ends || performance.now() - refreshed > STALE,
  renew: refresh,
  async found() {
    await refresh();
    draw();
  },
  turn,
  rest: () => grid?.tick(),
  clock: wallClock,
};
keepUp(page);
