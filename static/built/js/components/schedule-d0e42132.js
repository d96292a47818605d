/* The schedule: asks every 3 seconds whether anything is new, and draws the calendar where it fits. */
const place = document.getElementById("schedule");
const lost = document.getElementById("lost");
const words = place.dataset;
const EVERY = 3000, PATIENCE = 8000, STALE = 60000;
const wide = matchMedia("(min-width: 48.01rem)");

let seen = "";
let grid = null, drawing = null;
let data = null, base = null;
let isOver = false, asked = 0, refreshed = performance.now(), lastHeard = performance.now();
let ends = Infinity;
let isLost = false;

class SignedOut extends Error {}

/* One request; whoever was signed out meanwhile is told so, anything else that is odd counts as lost. */
async function ask(address, options = {}) {
  const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE), ...options });
  if (answer.status === 401 || answer.redirected) throw new SignedOut((await answer.json().catch(() => ({}))).sign_in);
  return answer;
}

async function read(address, accept) {
  const answer = await ask(address, { headers: { Accept: accept } });
  if (!answer.ok) throw new Error(answer.status);
  return answer;
}

/* The clock on the wall of the place, as the server told it, and what passed since. */
function wallNow() {
  return base && new Date(base.wall + performance.now() - base.at);
}

function wallClock(at) {
  if (!base) return new Date(Date.now() - performance.now() + at).toTimeString().slice(0, 5);
  return new Date(base.wall + at - base.at).toISOString().slice(11, 16);
}

function markLost() {
  if (isLost || isOver) return;
  isLost = true;
  document.body.classList.add("is-lost");
  lost.textContent = lost.dataset.lost.replace("{time}", wallClock(lastHeard));
  lost.hidden = false;
}

async function markFound() {
  lastHeard = performance.now();
  if (!isLost) return;
  isLost = false;
  document.body.classList.remove("is-lost");
  lost.hidden = true;
  await refresh();
  draw();
}

function markOver(address) {
  isOver = true;
  document.body.classList.add("is-lost");
  const link = document.createElement("a");
  link.href = `${address || "/staff/login"}`.split("?")[0] + `?next=${encodeURIComponent(words.here)}`;
  link.textContent = lost.dataset.signIn;
  lost.replaceChildren(`${lost.dataset.over} `, link);
  lost.hidden = false;
}

function trouble(error) {
  if (error instanceof SignedOut) markOver(error.message);
  else markLost();
}

/* Exchange the figures and the list; what is open stays open, and the focus where it was. */
function exchange(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const open = [...document.querySelectorAll("#list details[open]")].map((one) => one.id);
  const at = trace(document.activeElement);
  heed(fresh.getElementById("list"));
  for (const id of ["figures", "list"]) document.getElementById(id).replaceWith(fresh.getElementById(id));
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (at && document.activeElement === document.body) find(at)?.focus({ preventScroll: true });
}

const PARTS = "a, button, summary";

function trace(element) {
  const list = document.getElementById("list");
  if (!list.contains(element)) return null;
  const within = element.closest("[id]") ?? list;
  return { id: within.id, number: [...within.querySelectorAll(PARTS)].indexOf(element) };
}

function find({ id, number }) {
  const within = document.getElementById(id);
  return within?.querySelectorAll(PARTS)[number] ?? within?.querySelector(PARTS);
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
    exchange(list);
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

async function poll() {
  if (document.hidden || isOver) return;
  try {
    const answer = await ask(`${words.tagUrl}&seen=${encodeURIComponent(seen)}`, { headers: { Accept: "application/json" } });
    if (answer.status >= 500) throw new Error(answer.status);
    const wasLost = isLost;
    await markFound();
    if (wasLost) return;
    const now = performance.now();
    if (answer.status === 200 || now > ends || now - refreshed > STALE) await refresh();
    else grid?.tick();
  } catch (error) {
    trouble(error);
  }
}

async function keepPolling() {
  await poll();
  if (!isOver) setTimeout(keepPolling, EVERY);
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
    grid = module.draw(place, data, { ask, refresh, trouble, wallNow, isLost: () => isLost || isOver });
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

document.addEventListener("visibilitychange", poll);
addEventListener("online", poll);
addEventListener("offline", markLost);
wide.addEventListener("change", draw);
heed(document.getElementById("list"));
draw();
setTimeout(keepPolling, EVERY);
