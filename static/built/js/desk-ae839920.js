/* Starts only what the desk page at hand needs; without any of it every page works. */
const has = (selector) => document.querySelector(selector);

if (has("[data-errors]")) import("./components/form-b8a4981e.js");
if (has("#schedule")) import("./components/schedule-28d29bba.js");
if (has("#morning")) import("./components/morning-59e2cfef.js");
if (has("[data-print]")) import("./components/print-ceb1614e.js");
if (has("[data-undo], #schedule")) import("./components/undo-92cff0a0.js");
if (has("[data-find], #when")) import("./components/find-8f001fa3.js");
if (has("[data-chooses]")) import("./components/chooses-80cf3555.js");
if (has("form[data-preview]")) import("./components/preview-9985e948.js");
if (has("[data-offline]")) import("./components/offline-0b1065a4.js");
