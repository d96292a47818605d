/* The morning page keeps up with the day: exchanged when anything happened, and when the day turned. */
import { deviceClock, exchange, keepUp, read, trouble } from "./news-790dd48b.js";

const STALE = 300000;
let renewed = performance.now();

const shown = () => document.getElementById("morning").dataset;

async function renew() {
  try {
    exchange(await (await read(shown().part, "text/html")).text(), ["morning"]);
    renewed = performance.now();
    page.today = shown().today;
  } catch (error) {
    trouble(error);
  }
}

const page = {
  address: () => shown().tagUrl,
  here: shown().here,
  today: shown().today,
  seen: () => shown().tag,
  isStale: () => performance.now() - renewed > STALE,
  renew,
  found: renew,
  turn: renew,
  rest() {},
  clock: deviceClock,
};

keepUp(page);
