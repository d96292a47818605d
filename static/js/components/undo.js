/* The way back from a move: counts its seconds down and leaves when they are over. */
export function countDown(banner) {
  const shown = banner.querySelector("[data-left]");
  let left = Number(banner.dataset.undo);
  const tick = () => {
    if (!banner.isConnected) return;
    if (left <= 0) {
      leave(banner.querySelector("form"));
      return;
    }
    shown.textContent = ` (${left})`;
    left -= 1;
    setTimeout(tick, 1000);
  };
  banner.removeAttribute("data-undo");
  tick();
}

/* Whoever stands on the button is not thrown back to the top of the page. */
function leave(form) {
  const banner = form.parentElement;
  if (form.contains(document.activeElement)) {
    banner.tabIndex = -1;
    banner.focus({ preventScroll: true });
  }
  form.remove();
}

const start = () => document.querySelectorAll("[data-undo]").forEach(countDown);
start();
new MutationObserver(start).observe(document.getElementById("said"), { childList: true });
