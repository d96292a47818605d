/* Forms: after an answer with errors the summary gets the focus; what depends on a tick is folded. */
document.querySelector("[data-errors]")?.focus();

for (const group of document.querySelectorAll("[data-unfolds]")) {
  const tick = document.getElementById(group.dataset.unfolds);
  const folded = group.querySelector("[data-folded]");
  const fit = () => {
    folded.hidden = !tick.checked && !folded.querySelector("input").value;
  };
  tick.addEventListener("change", fit);
  fit();
}
