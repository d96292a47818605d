/* Starts only what the page at hand needs; without any of it every page works. */
const has = (selector) => document.querySelector(selector);

if (has("#picker, [data-own]")) import("./components/times.js");
if (has("[data-hold]")) import("./components/hold.js");
if (has("[data-errors], [data-unfolds]")) import("./components/form.js");
