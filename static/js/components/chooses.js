/* Typing what belongs to a choice chooses it. */
for (const part of document.querySelectorAll("[data-chooses]")) {
  const choice = document.getElementById(part.dataset.chooses);
  part.addEventListener("input", () => {
    choice.checked = true;
  });
}
