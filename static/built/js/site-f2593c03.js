/* Starts only what the page at hand needs; without any of it every page works. */
const has = (selector) => document.querySelector(selector);

if (has("#picker, [data-own]")) import("./components/times-2c17e2b3.js");
if (has("[data-hold]")) import("./components/hold-d1ce2384.js");
if (has("[data-errors], [data-unfolds]")) import("./components/form-b8a4981e.js");
