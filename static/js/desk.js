/* Starts only what the desk page at hand needs; without any of it every page works. */
const has = (selector) => document.querySelector(selector);

if (has("[data-errors]")) import("./components/form.js");
