// Shows the public page beside a form while it is written.
const form = document.querySelector("form[data-preview]");
const shown = document.getElementById("preview");
let waiting = 0;
let asked = 0;

async function show() {
  const turn = ++asked;
  const body = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body, headers: { "X-Part": "article" } });
    const text = await answer.text();
    if (answer.ok && !answer.redirected && turn === asked) shown.innerHTML = text;
  } catch {
    // Without a connection the page of before stays.
  }
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 400);
});
