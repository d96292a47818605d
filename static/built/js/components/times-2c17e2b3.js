/* Times: the visitor's own beside the studio's where they differ; the panel's exchange announced. */
const body = document.body;
const zone = body.dataset.zone;
const language = document.documentElement.lang;
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

const shown = (moment, timeZone, parts) => new Intl.DateTimeFormat(language, { ...parts, timeZone }).format(moment);
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const whole = { ...clock, day: "numeric", month: "numeric" };

function ownTime(iso) {
  const moment = new Date(iso);
  if (!zone || shown(moment, zone, whole) === shown(moment, own, whole)) return "";
  const sameDay = shown(moment, zone, { day: "numeric" }) === shown(moment, own, { day: "numeric" });
  const parts = sameDay ? clock : { weekday: "short", ...clock };
  return body.dataset.own.replace("{time}", shown(moment, own, parts));
}

function addOwnTimes() {
  for (const time of document.querySelectorAll("button.time time")) {
    const words = ownTime(time.dateTime);
    if (!words || time.nextElementSibling?.matches(".own")) continue;
    const small = document.createElement("small");
    small.className = "own";
    small.textContent = `(${words})`;
    time.after(" ", small);
  }
  for (const place of document.querySelectorAll("span.own[data-own]")) {
    const words = ownTime(place.dataset.own);
    if (words) place.textContent = ` (${words})`;
  }
}

function announce() {
  const place = document.querySelector("[data-says]");
  const day = document.getElementById("day");
  if (!place || !day) return;
  const count = document.querySelectorAll(".day button.time").length;
  place.textContent = place.dataset.template.replace("{day}", day.textContent).replace("{count}", count);
}

function showTimesOnSmallScreens(pressed) {
  if (!/^(day-|next-free)/.test(pressed)) return;
  const day = document.getElementById("day");
  if (day && day.getBoundingClientRect().top > innerHeight * 0.7) day.scrollIntoView({ block: "start" });
}

let pressed = "";
let wasOpen = false;
document.addEventListener("click", (event) => {
  pressed = event.target.closest?.("#picker a")?.id ?? pressed;
});
document.addEventListener("htmx:before:swap", (event) => {
  const context = event.detail?.ctx;
  if (context?.response && context.response.status >= 400) {
    event.preventDefault();
    location.assign(context.request.action);
  }
  wasOpen = Boolean(document.querySelector("#picker .fold")?.open);
});
document.addEventListener("htmx:after:swap", () => {
  const fold = document.querySelector("#picker .fold");
  if (fold && wasOpen) fold.open = true;
  addOwnTimes();
  announce();
  if (!document.activeElement || document.activeElement === body) {
    const again = document.getElementById(pressed) ?? document.querySelector("#picker .cal a[aria-current]");
    again?.focus({ preventScroll: true });
  }
  showTimesOnSmallScreens(pressed);
});
document.addEventListener("htmx:error", (event) => {
  const action = event.detail?.ctx?.request?.action;
  if (action) location.assign(action);
});

addOwnTimes();
