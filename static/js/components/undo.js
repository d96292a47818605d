/* The way back from a move: counts its seconds down and leaves when they are over. */
export function countDown(banner) {
  const button = banner.querySelector("button");
  const words = button.textContent;
  let left = Number(banner.dataset.undo);
  const tick = () => {
    if (!banner.isConnected) return;
    if (left <= 0) {
      banner.querySelector("form").remove();
      return;
    }
    button.textContent = `${words} (${left})`;
    left -= 1;
    setTimeout(tick, 1000);
  };
  banner.removeAttribute("data-undo");
  tick();
}

const start = () => document.querySelectorAll("[data-undo]").forEach(countDown);
start();
new MutationObserver(start).observe(document.getElementById("said"), { childList: true });
