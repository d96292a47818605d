/* Starts only what the desk page at hand needs; without any of it every page works. */
const has = (selector) => document.querySelector(selector);
// A part that a lost connection kept away is missed by nobody: the page works without it.
const start = (part) => part.catch(() => {});

if (has("[data-errors]")) start(import("./components/form-b8a4981e.js"));
if (has("#schedule")) start(import("./components/schedule-28d29bba.js"));
if (has("#morning")) start(import("./components/morning-59e2cfef.js"));
if (has("[data-print]")) start(import("./components/print-ceb1614e.js"));
if (has("[data-undo], #schedule")) start(import("./components/undo-92cff0a0.js"));
if (has("[data-find], #when")) start(import("./components/find-8f001fa3.js"));
if (has("[data-chooses]")) start(import("./components/chooses-80cf3555.js"));
if (has("form[data-preview]")) start(import("./components/preview-9985e948.js"));
if (has("[data-offline]")) start(import("./components/offline-0b1065a4.js"));
