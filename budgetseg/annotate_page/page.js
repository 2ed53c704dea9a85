"use strict";
// One question at a time. The clock of a question starts when its image is painted and stops while the page is hidden or
// paused. An answer that could not be kept is sent again until it is: nothing is asked before that.

const at = (id) => document.getElementById(id);
const photo = at("photo"), canvas = at("marks"), stage = at("stage");

let question = null;     // as the server sent it
let marks = [];          // [[x, y], ...] each, whole pixels of the image
let actions = [];        // seconds at which each mark was made
let stroke = null;       // the mark that is being drawn
let cursor = null;       // of the keyboard, in pixels of the image
let clock = null;        // {shown, away, since}: milliseconds; since is when the page went away
let open = false;        // whether an answer is awaited
let before = [];         // numbers of the questions answered on this page

// -- the clock ---------------------------------------------------------------------------------------------------------

function startClock() {
  clock = { shown: performance.now(), away: 0, since: document.hidden ? performance.now() : null };
}

function elapsed() {
  const now = performance.now();
  const away = clock.away + (clock.since === null ? 0 : now - clock.since);
  return Math.max(0.0001, (now - clock.shown - away) / 1000);
}

function goAway() { if (clock && clock.since === null) clock.since = performance.now(); }
function comeBack() {
  if (clock && clock.since !== null) { clock.away += performance.now() - clock.since; clock.since = null; }
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden) goAway(); else if (!paused()) comeBack();
});

const paused = () => stage.hidden && question !== null;
function togglePause() {
  if (!question || (!open && !paused())) return;
  if (paused()) { stage.hidden = false; comeBack(); } else { goAway(); stage.hidden = true; }
  at("pause").firstChild.textContent = paused() ? "Go on " : "Pause ";
}

// -- asking ------------------------------------------------------------------------------------------------------------

async function ask(number) {
  open = false;
  const reply = await patiently(number === undefined ? "/question" : `/question/${number}`);
  if (reply.done) { await finish(); return; }
  question = reply;
  marks = []; actions = []; stroke = null; cursor = null; clock = null;
  at("instruction").textContent = question.instruction;
  at("progress").textContent = `${question.answered} of ${question.total} answered`;
  at("yes").hidden = question.kind !== "image";
  at("done").hidden = question.kind !== "allpoints";
  canvas.style.cursor = question.kind === "image" ? "default" : "crosshair";
  photo.src = question.image;
  try { await photo.decode(); } catch { trouble("this image cannot be shown; skip it"); }
  fit();
  // After the next frame the image is to be seen.
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted, 0)));
  startClock();
  open = true;
  document.body.dataset.ready = question.number;
  canvas.focus({ preventScroll: true });
}

function fit() {
  if (!question) return;
  const work = at("work").getBoundingClientRect();
  const scale = Math.min((work.width - 32) / question.width, work.height / question.height, 6);
  stage.style.width = `${question.width * scale}px`;
  stage.style.height = `${question.height * scale}px`;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(question.width * scale * ratio);
  canvas.height = Math.round(question.height * scale * ratio);
  draw();
}
window.addEventListener("resize", fit);

// -- marks -------------------------------------------------------------------------------------------------------------

function pixel(event) {
  const box = canvas.getBoundingClientRect();
  const inside = (value, size) => Math.min(Math.max(Math.floor(value * size), 0), size - 1);
  return [
    inside((event.clientX - box.left) / box.width, question.width),
    inside((event.clientY - box.top) / box.height, question.height),
  ];
}

function draw() {
  const pen = canvas.getContext("2d"), sx = canvas.width / question.width, sy = canvas.height / question.height;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const spot = ([x, y]) => [(x + 0.5) * sx, (y + 0.5) * sy];
  for (const mark of stroke ? [...marks, stroke] : marks) {
    for (const [colour, width] of [["#000", 7], ["#ff0", 4]]) {
      pen.strokeStyle = colour; pen.fillStyle = colour; pen.lineWidth = width; pen.lineCap = pen.lineJoin = "round";
      pen.beginPath();
      if (mark.length === 1) { pen.arc(...spot(mark[0]), width, 0, 7); pen.fill(); continue; }
      mark.forEach((point, k) => (k ? pen.lineTo(...spot(point)) : pen.moveTo(...spot(point))));
      pen.stroke();
    }
  }
  if (cursor) {
    const [x, y] = spot(cursor);
    for (const [colour, width] of [["#000", 5], ["#fff", 2]]) {
      pen.strokeStyle = colour; pen.lineWidth = width;
      pen.beginPath(); pen.moveTo(x - 14, y); pen.lineTo(x + 14, y); pen.moveTo(x, y - 14); pen.lineTo(x, y + 14); pen.stroke();
    }
  }
}

function addMark(mark) {
  marks.push(mark);
  actions.push(elapsed());
  draw();
  if (question.kind !== "allpoints") submit(true);
}

function extend(point) {
  const [x, y] = stroke[stroke.length - 1];
  if (point[0] !== x || point[1] !== y) { stroke.push(point); draw(); }
}

canvas.addEventListener("pointerdown", (event) => {
  if (!open || !event.isPrimary || event.button !== 0 || question.kind === "image" || paused()) return;
  event.preventDefault();
  canvas.focus({ preventScroll: true });
  if (question.kind !== "squiggle") { addMark([pixel(event)]); return; }
  canvas.setPointerCapture(event.pointerId);
  stroke = [pixel(event)];
  draw();
});
canvas.addEventListener("pointermove", (event) => {
  if (!stroke || !event.isPrimary || !event.buttons) return;
  for (const part of event.getCoalescedEvents ? event.getCoalescedEvents() : []) extend(pixel(part));
  extend(pixel(event));
});
function endStroke(event) {
  if (!stroke || !event.isPrimary) return;
  const made = stroke;
  stroke = null;
  addMark(made);
}
canvas.addEventListener("pointerup", endStroke);
canvas.addEventListener("pointercancel", () => { stroke = null; if (question) draw(); });
canvas.addEventListener("contextmenu", (event) => event.preventDefault());

// -- answering ---------------------------------------------------------------------------------------------------------

async function submit(present, skipped = false) {
  if (!open || paused()) return;
  open = false;
  const answer = { number: question.number, present, skipped, marks: present ? marks : [], actions, seconds: elapsed() };
  delete document.body.dataset.ready;
  if (await patiently("/answer", answer) === null) { await ask(question.number); return; }
  before.push(question.number);
  await ask();
}

function undo() {
  if (!open) return;
  if (stroke) { stroke = null; draw(); return; }
  if (marks.length) { marks.pop(); actions.pop(); draw(); return; }
  if (before.length) { delete document.body.dataset.ready; ask(before.pop()); }
}

// Ask until there is a reply; null where the server refuses what was sent.
async function patiently(address, answer) {
  for (;;) {
    try {
      const reply = await fetch(address, answer === undefined ? { cache: "no-store" } : {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Budgetseg": "1" },
        body: JSON.stringify(answer),
      });
      const document = await reply.json();
      if (reply.ok) { trouble(""); return document; }
      trouble(document.error);
      if (answer !== undefined && reply.status < 500) return null;
    } catch {
      trouble("The server does not answer. Start it again: nothing is lost, and this page goes on by itself.");
    }
    await new Promise((later) => setTimeout(later, 500));
  }
}

const trouble = (text) => { at("trouble").textContent = text; };

async function finish() {
  const summary = await patiently("/summary");
  question = null; open = false; clock = null;
  for (const id of ["work", "buttons"]) at(id).hidden = true;
  at("instruction").textContent = "";
  at("progress").textContent = "";
  at("end").hidden = false;
  at("told").textContent = summary.told.join(" ");
  const rows = at("rates").tBodies[0];
  for (const rate of summary.rates) {
    const row = rows.insertRow();
    for (const text of [rate.name, rate.mean.toFixed(2), `${rate.low.toFixed(2)} to ${rate.high.toFixed(2)}`,
                        rate.median.toFixed(2), rate.acts]) row.insertCell().textContent = text;
  }
  at("rates").hidden = summary.rates.length === 0;
  document.body.dataset.finished = "yes";
  await patiently("/finish", {});
}

// -- buttons and keys --------------------------------------------------------------------------------------------------

const yes = () => { if (question && question.kind === "image") submit(true); };
const none = () => submit(false);
const done = () => { if (question && question.kind === "allpoints" && marks.length) submit(true); };
const skip = () => { stroke = null; submit(false, true); };
at("yes").addEventListener("click", yes);
at("none").addEventListener("click", none);
at("done").addEventListener("click", done);
at("undo").addEventListener("click", undo);
at("skip").addEventListener("click", skip);
at("pause").addEventListener("click", togglePause);
at("stop").addEventListener("click", () => { if (open || paused()) finish(); });

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function moveCursor([dx, dy], far) {
  if (question.kind === "image") return;
  const step = far ? 1 : Math.max(1, Math.round(Math.max(question.width, question.height) / 40));
  const [x, y] = cursor || [Math.floor(question.width / 2), Math.floor(question.height / 2)];
  const inside = (value, size) => Math.min(Math.max(value, 0), size - 1);
  cursor = [inside(x + dx * step, question.width), inside(y + dy * step, question.height)];
  if (stroke) extend(cursor);
  draw();
}

// The space bar clicks where the cross is; for a stroke it starts it and ends it.
function markAtCursor() {
  if (question.kind === "image") return;
  if (!cursor) { moveCursor([0, 0], true); return; }
  if (question.kind !== "squiggle") { addMark([cursor]); return; }
  if (!stroke) { stroke = [cursor]; draw(); return; }
  endStroke({ isPrimary: true });
}

document.addEventListener("keydown", (event) => {
  if (!question || event.ctrlKey || event.metaKey || event.altKey) return;
  const onButton = event.target instanceof HTMLButtonElement && (event.key === "Enter" || event.key === " ");
  if (onButton) return;
  if (event.key.toLowerCase() === "p") { if (!event.repeat) togglePause(); return; }
  if (!open || paused()) return;
  if (ARROWS[event.key]) { event.preventDefault(); moveCursor(ARROWS[event.key], event.shiftKey); return; }
  if (event.repeat) return;
  const act = { y: yes, n: none, s: skip, enter: done, backspace: undo, " ": markAtCursor }[event.key.toLowerCase()];
  if (act) { event.preventDefault(); act(); }
});

ask();
