/* Finding: arrows walk through those found, Enter takes the first, a key held down books nothing. */
const input = document.getElementById("q");
const found = document.getElementById("found");
const says = document.querySelector("[data-says-found]");
const links = () => [...found.querySelectorAll("a[href]")];
let isWaiting = false;

const shown = () => found.querySelector("[data-asked]")?.dataset.asked ?? "";

function goToFirst() {
  isWaiting = false;
  links()[0]?.click();
}

if (input && found) {
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && links().length) {
      event.preventDefault();
      links()[0].focus();
    }
    if (event.key !== "Enter" || !input.value.trim()) return;
    event.preventDefault();
    if (event.repeat) return;
    if (shown() === input.value.trim()) goToFirst();
    else isWaiting = true;
  });
  found.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = links().indexOf(event.target.closest("a"));
    if (!step || at < 0) return;
    event.preventDefault();
    (links()[at + step] ?? (step < 0 ? input : links()[at])).focus();
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const status = event.detail?.ctx?.response?.status ?? 200;
    if (status < 400) return;
    event.preventDefault();
    if (status === 401) location.reload();
  });
  document.addEventListener("htmx:after:swap", () => {
    if (says) says.textContent = found.querySelector("[data-asked]")?.dataset.says ?? "";
    if (isWaiting && shown() === input.value.trim()) goToFirst();
  });
}
/* What was typed before anybody listened is looked for now. */
if (input?.value.trim() && shown() !== input.value.trim()) {
  const asked = new URLSearchParams(new FormData(input.form));
  window.htmx?.ajax("GET", `${input.getAttribute("hx-get")}?${asked}`, { target: "#found", swap: "innerHTML" });
}
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.key === "Enter" && event.target.matches("button")) event.preventDefault();
});
