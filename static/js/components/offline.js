/* A form pressed without a connection stays where it is, and says so. */
const said = document.getElementById("said");

document.addEventListener("submit", (event) => {
  if (navigator.onLine && !document.body.classList.contains("is-lost")) return;
  event.preventDefault();
  const words = document.createElement("p");
  words.className = "said";
  words.textContent = said.dataset.offline;
  said.replaceChildren(words);
  words.scrollIntoView({ block: "nearest" });
});
