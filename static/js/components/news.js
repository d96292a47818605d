/* News of the place: asked for every 3 seconds but never in a hidden tab; a lost connection is said. */
const lost = document.getElementById("lost");
const EVERY = 3000, PATIENCE = 8000;

let page = null;
let isLost = false, isOver = false, lastHeard = performance.now();

class SignedOut extends Error {}

export const isOut = () => isLost || isOver;

/* One request; whoever was signed out meanwhile is told so, anything else that is odd counts as lost. */
export async function ask(address, options = {}) {
  const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE), ...options });
  if (answer.status === 401 || answer.redirected) throw new SignedOut((await answer.json().catch(() => ({}))).sign_in);
  return answer;
}

export async function read(address, accept) {
  const answer = await ask(address, { headers: { Accept: accept } });
  if (!answer.ok) throw new Error(answer.status);
  return answer;
}

function markLost() {
  if (isOut()) return;
  isLost = true;
  document.body.classList.add("is-lost");
  lost.textContent = lost.dataset.lost.replace("{time}", page.clock(lastHeard));
  lost.hidden = false;
}

async function markFound() {
  lastHeard = performance.now();
  if (!isLost) return;
  isLost = false;
  document.body.classList.remove("is-lost");
  lost.hidden = true;
  await page.found();
}

function markOver(address) {
  isOver = true;
  document.body.classList.add("is-lost");
  const link = document.createElement("a");
  link.href = `${address || "/staff/login"}`.split("?")[0] + `?next=${encodeURIComponent(page.here)}`;
  link.textContent = lost.dataset.signIn;
  lost.replaceChildren(`${lost.dataset.over} `, link);
  lost.hidden = false;
}

export function trouble(error) {
  if (error instanceof SignedOut) markOver(error.message);
  else markLost();
}

/* What a device shows at a moment of its own count. */
export function deviceClock(at) {
  return new Date(Date.now() - performance.now() + at).toTimeString().slice(0, 5);
}

/* Exchange parts of the page; what is open stays open, and the focus where it was. */
export function exchange(html, ids) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const parts = ids.map((id) => document.getElementById(id));
  const open = parts.flatMap((part) => [...part.querySelectorAll("details[id][open]")]).map((one) => one.id);
  const at = trace(parts.find((part) => part.contains(document.activeElement)));
  for (const part of parts) part.replaceWith(fresh.getElementById(part.id));
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (at && document.activeElement === document.body) find(at)?.focus({ preventScroll: true });
}

const PRESSED = "a, button, summary";

function trace(part) {
  if (!part) return null;
  const within = document.activeElement.closest("[id]") ?? part;
  return { id: within.id, number: [...within.querySelectorAll(PRESSED)].indexOf(document.activeElement) };
}

function find({ id, number }) {
  const within = document.getElementById(id);
  return within?.querySelectorAll(PRESSED)[number] ?? within?.querySelector(PRESSED);
}

async function poll() {
  if (document.hidden || isOver) return;
  try {
    const answer = await ask(`${page.address()}&seen=${encodeURIComponent(page.seen())}`, { headers: { Accept: "application/json" } });
    if (answer.status >= 500) throw new Error(answer.status);
    const wasLost = isLost;
    await markFound();
    if (wasLost) return;
    const { today = page.today } = answer.status === 200 ? await answer.json() : {};
    if (today !== page.today) await page.turn(today);
    else if (answer.status === 200 || page.isStale()) await page.renew();
    else page.rest();
  } catch (error) {
    trouble(error);
  }
}

async function keepPolling() {
  await poll();
  if (!isOver) setTimeout(keepPolling, EVERY);
}

/* `shown` says what the page knows of and what to do when there is news, the day turned or nothing is new. */
export function keepUp(shown) {
  page = shown;
  document.addEventListener("visibilitychange", poll);
  addEventListener("online", poll);
  addEventListener("offline", markLost);
  setTimeout(keepPolling, EVERY);
}
