/* Starts only what the desk page at hand needs; without any of it every page works. */
const has = (selector) => document.querySelector(selector);
// A part that a lost connection kept away is missed by nobody: the page works without it.
const start = (part) => part.catch(() => {});

if (has("[data-errors]")) start(import("./components/form.js"));
if (has("#schedule")) start(import("./components/schedule.js"));
if (has("#morning")) start(import("./components/morning.js"));
if (has("[data-print]")) start(import("./components/print.js"));
if (has("[data-undo], #schedule")) start(import("./components/undo.js"));
if (has("[data-find], #when")) start(import("./components/find.js"));
if (has("[data-chooses]")) start(import("./components/chooses.js"));
if (has("form[data-preview]")) start(import("./components/preview.js"));
if (has("[data-offline]")) start(import("./components/offline.js"));
