/* The drawn calendar: what stands in it, dragging, and roles that a screen reader can follow. */
const MINUTE = 60000;

function made(tag, about = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) {
    if (value === "" || value === null || value === undefined) continue;
    if (name in element && name !== "style") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

/* A minute of the wall clock as a moment, with the offset that holds then. */
function momentOf(wall, data) {
  const minute = (Date.parse(`${wall}Z`) - Date.parse(`${data.day}T00:00Z`)) / MINUTE;
  const [, offset] = data.offsets.findLast(([from]) => from <= minute) ?? data.offsets[0];
  return `${wall}${offset}`;
}

const wallOf = (time) => new Date(time).toISOString().slice(0, 16);
const clockOf = (time) => wallOf(time).slice(11);

export function draw(place, data, desk) {
  const words = place.dataset;
  const refused = document.getElementById("refused");
  const said = document.getElementById("said");
  let isDragging = false, waiting = null;

  function leftWords(minutes) {
    return minutes ? words.left.replace("{minutes}", minutes) : "";
  }

  function visitEvent(visit) {
    return {
      id: visit.id,
      resourceIds: [visit.column],
      start: visit.start,
      end: visit.end,
      title: visit.client,
      startEditable: Boolean(visit.mayMove),
      durationEditable: false,
      classNames: ["visit", visit.state, ...(visit.looks ? ["flagged"] : [])],
      extendedProps: { visit },
    };
  }

  function blockEvent(block) {
    return { id: block.id, resourceIds: [block.column], start: block.start, end: block.end, startEditable: false, classNames: ["block"], extendedProps: { block } };
  }

  function behindEvent(piece, number) {
    return { id: `behind-${number}`, resourceIds: [piece.column], start: piece.start, end: piece.end, display: "background", classNames: [piece.kind], extendedProps: { piece } };
  }

  function nowEvent() {
    const now = desk.wallNow();
    const start = wallOf(now), end = wallOf(now.getTime() + 5 * MINUTE);
    return { id: "now", resourceIds: data.columns.map((column) => column.id), start, end, display: "background", classNames: ["now-line"] };
  }

  const events = () => [...data.visits.map(visitEvent), ...data.blocks.map(blockEvent), ...data.behind.map(behindEvent), nowEvent()];

  const addressOf = (address, visit) => address.replace("REFERENCE", visit.id);

  function pauseWords(visit, [kind, , ends]) {
    const until = clockOf(Date.parse(`${visit.start}Z`) + ends * MINUTE);
    return data.pauses[kind].replace("{until}", until).replace("{room}", visit.room);
  }

  function visitNodes(visit, clock) {
    const flags = (visit.looks ?? []).map((look) => data.looks[look]);
    const pauses = visit.pauses ?? [];
    const length = (Date.parse(`${visit.end}Z`) - Date.parse(`${visit.start}Z`)) / MINUTE;
    const link = made(
      "a",
      { href: addressOf(words.show, visit), className: "visit-link", "data-reference": visit.id },
      made("b", {}, flags.length && made("span", { "aria-hidden": "true" }, "⚑ "), `${clock} `, made("bdi", {}, visit.client)),
      visit.isNew && made("span", { className: "pill" }, words.newWord),
      made("span", { className: `state ${visit.state}` }, data.states[visit.state]),
      visit.left && made("span", { className: "left", "data-left": visit.left }, leftWords(visit.left)),
      ...flags.map((flag) => made("span", { className: "flag" }, flag)),
      made("span", { className: "what" }, visit.what),
      ...pauses.map((pause) => made("span", { className: "numb" }, pauseWords(visit, pause))),
    );
    link.draggable = false;
    const bands = pauses.map(([, begins, ends]) => {
      const band = made("span", { className: "band-of-rest", "aria-hidden": "true" });
      band.style.insetBlockStart = `${(begins / length) * 100}%`;
      band.style.blockSize = `${((ends - begins) / length) * 100}%`;
      return band;
    });
    return [...bands, link];
  }

  function content({ event }) {
    const { visit, block, piece } = event.extendedProps;
    if (visit) return { domNodes: visitNodes(visit, event.display === "preview" ? event.start.toTimeString().slice(0, 5) : visit.start.slice(11)) };
    if (block) return { domNodes: [made("span", { className: "what" }, `${block.hours} ${block.words}`)] };
    return { domNodes: piece?.words ? [made("span", { className: "behind-words" }, piece.words)] : [] };
  }

  /* The library calls its grid a table, with cells that hold nothing; for whoever listens it is a group of links. */
  function mend() {
    const root = place.querySelector(".ec");
    root?.setAttribute("role", "group");
    root?.setAttribute("aria-label", words.name);
    const main = place.querySelector(".ec-main");
    for (const part of place.querySelectorAll("[role=row], [role=rowgroup], [role=cell], [role=columnheader], .ec aside, .ec header")) {
      part.setAttribute("role", "presentation");
      part.removeAttribute("aria-colindex");
    }
    for (const part of place.querySelectorAll("article:not([role])")) part.setAttribute("role", "presentation");
    for (const part of place.querySelectorAll(".ec-col-head [aria-label]")) part.removeAttribute("aria-label");
    if (main && main.scrollWidth > main.clientWidth) {
      main.tabIndex = 0;
      main.setAttribute("role", "group");
      main.setAttribute("aria-label", words.name);
    }
  }

  function show(fresh) {
    data = fresh;
    if (isDragging) {
      waiting = fresh;
      return;
    }
    const focused = place.contains(document.activeElement) && document.activeElement.dataset.reference;
    calendar.setOption("slotMinTime", data.from);
    calendar.setOption("slotMaxTime", data.to);
    calendar.setOption("resources", resources());
    calendar.setOption("events", events());
    requestAnimationFrame(() => {
      mend();
      if (focused) focusOn(focused);
    });
  }

  function tick() {
    if (isDragging) return;
    const now = nowEvent();
    if (now.start !== drawnNow) {
      drawnNow = now.start;
      calendar.updateEvent(now);
      const passed = Math.floor((desk.wallNow() - Date.parse(`${data.now}Z`)) / MINUTE);
      for (const left of place.querySelectorAll("[data-left]")) left.textContent = leftWords(Math.max(1, left.dataset.left - passed));
    }
  }

  const resources = () => data.columns.map((column) => ({ id: column.id, title: column.name, extendedProps: { hours: column.hours } }));

  function label({ resource }) {
    return { domNodes: [made("bdi", {}, String(resource.title)), made("small", {}, resource.extendedProps.hours)] };
  }

  function say(sentence) {
    said.replaceChildren(made("p", { className: "said" }, sentence));
  }

  function refuse(html, reference) {
    refused.querySelector("[data-why]").innerHTML = html;
    refused.addEventListener("close", () => focusOn(reference), { once: true });
    refused.showModal();
  }

  function focusOn(reference) {
    place.querySelector(`a[data-reference="${CSS.escape(reference)}"]`)?.focus({ preventScroll: true });
  }

  async function drop(info) {
    isDragging = false;
    const { visit } = info.event.extendedProps;
    const column = info.newResource?.id ?? visit.column;
    const start = wallOf(Date.parse(`${visit.start}Z`) + info.delta.seconds * 1000);
    const back = () => {
      info.revert();
      if (waiting) show(waiting);
      waiting = null;
    };
    if (start === visit.start && column === visit.column) return back();
    if (desk.isLost()) {
      back();
      return say(words.notMoved);
    }
    const isByRoom = words.by === "room";
    const form = new URLSearchParams({
      at: momentOf(start, data),
      practitioner: isByRoom ? visit.person : column,
      room: isByRoom ? column : "",
      is_told: "y",
      seen: data.tag.split("-")[1],
      back: words.here,
    });
    said.replaceChildren();
    try {
      const answer = await desk.ask(addressOf(words.move, visit), { method: "POST", body: form, headers: { Accept: "application/json", "X-CSRFToken": words.csrf } });
      const told = await answer.json();
      waiting = null;
      if (told.ok) {
        said.innerHTML = told.html;
        await desk.refresh();
      } else {
        back();
        refuse(told.html, visit.id);
      }
    } catch (error) {
      back();
      say(error instanceof SyntaxError ? words.failed : words.notMoved);
      if (!(error instanceof SyntaxError)) desk.trouble(error);
    }
  }

  function chooseFree(info) {
    if (!words.new) return;
    const query = new URLSearchParams({ at: momentOf(info.dateStr.slice(0, 16), data) });
    if (words.by !== "room" && info.resource) query.set("with", info.resource.id);
    location.assign(`${words.new}?${query}`);
  }

  place.hidden = false;
  let drawnNow = nowEvent().start;
  const calendar = EventCalendar.create(place, {
    view: "resourceTimeGridDay",
    timeZone: "UTC",
    date: data.day,
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    slotDuration: "00:15",
    slotLabelInterval: "01:00",
    slotHeight: 22,
    snapDuration: "00:15",
    slotMinTime: data.from,
    slotMaxTime: data.to,
    scrollTime: data.from,
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    columnWidth: "minmax(9.5rem, 1fr)",
    slotEventOverlap: false,
    editable: false,
    eventDragMinDistance: 6,
    longPressDelay: 500,
    resources: resources(),
    events: events(),
    resourceLabelContent: label,
    eventContent: content,
    eventAllUpdated: mend,
    eventDragStart() {
      isDragging = true;
      wasDragged = true;
    },
    eventDrop: drop,
    dateClick: chooseFree,
    theme: (theme) => ({ ...theme, today: "" }),
  });
  let wasDragged = false;
  place.addEventListener("pointerdown", () => (wasDragged = false), true);
  place.addEventListener("click", (event) => wasDragged && event.preventDefault(), true);
  new MutationObserver(mend).observe(place, { childList: true, subtree: true });
  mend();
  return { show, tick };
}
