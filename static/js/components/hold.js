/* The clock of a held hour: counts quietly, speaks once when two minutes or less are left and once at the end. */
const bar = document.querySelector("[data-hold]");
const left = bar.querySelector("[data-left]");
const voice = document.querySelector("[data-soon]");
const ends = performance.now() + Number(bar.dataset.hold) * 1000;
const started = Date.now();
const SOON = 120;
const soon = Number(bar.dataset.hold) < SOON ? "few" : "soon";
let said = "";

function secondsLeft() {
  // The wall clock too: a phone that slept stops the other one.
  const byWall = Number(bar.dataset.hold) - (Date.now() - started) / 1000;
  return Math.max(0, Math.ceil(Math.min((ends - performance.now()) / 1000, byWall)));
}

function say(what) {
  if (said === what || said === "over") return;
  said = what;
  voice.textContent = voice.dataset[what];
}

function paint(seconds) {
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  left.textContent = left.dataset.template.replace("{time}", time);
}

function tick() {
  const seconds = secondsLeft();
  paint(seconds);
  if (seconds > 0 && seconds <= SOON) say(soon);
  if (seconds > 0) return;
  say("over");
  bar.classList.add("over");
  bar.querySelector("p").textContent = voice.dataset.over;
  left.hidden = true;
  const keep = bar.querySelector("[value=keep]");
  if (keep) keep.textContent = bar.dataset.again;
  clearInterval(timer);
}

const timer = setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
// The first word waits for the first tick: what a page is loaded with is not read out.
paint(secondsLeft());
