/* Starts only what the desk page at hand needs; without any of it every page works. */
const has = (selector) => document.querySelector(selector);

if (has("[data-errors]")) import("./components/form.js");
if (has("#schedule")) import("./components/schedule.js");
if (has("#morning")) import("./components/morning.js");
if (has("[data-print]")) import("./components/print.js");
if (has("[data-undo], #schedule")) import("./components/undo.js");
if (has("[data-find], #when")) import("./components/find.js");
if (has("[data-chooses]")) import("./components/chooses.js");
if (has("form[data-preview]")) import("./components/preview.js");
if (has("[data-offline]")) import("./components/offline.js");
