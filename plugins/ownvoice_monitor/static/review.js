// One pair at a time, by keyboard. What is shown comes from the server; what is answered goes through the outbox.

const page = document.getElementById("review");
const { Outbox, ask, drafts } = await import(page.dataset.outbox);
const { round, reviewer } = page.dataset;
const choices = JSON.parse(page.dataset.choices);
const isOpen = "open" in page.dataset;
const find = (id) => document.getElementById(id);
const MIN_HELD = 3;

const held = new Map(); // items that come next, by id: their HTML
const before = []; // items that were answered in this tab
let shown = null; // {id, number, answer, isReopened, source}
let watch = { since: performance.now(), spent: 0 }; // how long the item was looked at

function isAsking() { return Boolean(shown && (!shown.answer || shown.isReopened)); }
function say(sentence) { find("notice").textContent = sentence; }

// Sending answers

let needsLogin = false;
async function send(answer) {
  const body = JSON.stringify(answer);
  const headers = { "Content-Type": "application/json" };
  // The browser goes on sending when the page is closed, where the answer is short.
  const result = await ask(page.dataset.answers, { headers, rest: { method: "POST", body, keepalive: body.length < 16_000 } });
  needsLogin = Boolean(result.login);
  return result.found ? { receipt: result.found } : result;
}

const outbox = new Outbox(reviewer, send, received, showOutbox);

function received(answer, receipt) {
  if (!receipt.recorded) say(receipt.sentence);
  if (shown?.id !== receipt.item_id || shown.number > answer.number || shown.isReopened) return;
  put(receipt.html);
  if (receipt.recorded) say(`${receipt.sentence} ${find("item").querySelector(".told p")?.textContent ?? ""}`);
  fill();
}

function showOutbox({ waiting, refused, why }) {
  find("unsent").hidden = !why || !waiting.length;
  find("unsent").querySelector("p").textContent = `${waiting.length} ${waiting.length === 1 ? "answer waits" : "answers wait"} in this browser and will be sent: ${why}.`;
  find("unsent").querySelector("a").hidden = !needsLogin;
  find("refused").hidden = !refused.length;
  find("refused").querySelector("ul").replaceChildren(...refused.map(({ answer, refused: why }) => {
    const line = document.createElement("li");
    line.className = "text";
    line.textContent = `${choices[answer.choice]}: ${why}${answer.edited ? `\n${answer.edited}` : ""}`;
    return line;
  }));
}

// Showing an item

function put(html) {
  find("item").innerHTML = html;
  const item = find("item").querySelector("[data-item]");
  if (!item) return;
  const source = JSON.parse(item.querySelector("script").textContent);
  const id = item.dataset.item;
  // An answer that is still on its way is newer than what the server knows.
  const own = outbox.waiting.map((one) => one.answer).filter((one) => one.round === round && one.item_id === id).at(-1);
  const answer = own && own.number > source.number ? own : source.number ? source : null;
  shown = { id, number: answer?.number ?? 0, answer, isReopened: false, source };
  const quote = item.querySelector(".original mark");
  if (quote) quote.closest(".original").scrollTop = quote.offsetTop - quote.closest(".original").offsetTop - 80;
  update();
}

function begin(html, isNew = true) {
  closeEditor();
  put(html);
  held.delete(shown.id);
  watch = { since: performance.now(), spent: 0 };
  const address = `${page.dataset.page}&item=${encodeURIComponent(shown.id)}`;
  if (isNew) history.pushState({ item: shown.id }, "", address);
  window.scrollTo(0, 0);
  find("item").querySelector("h1").focus({ preventScroll: true });
}

function update() {
  for (const group of document.querySelectorAll("[data-when]")) group.hidden = !shown || (group.dataset.when === "asking") !== isAsking();
  for (const what of ["edit", "write"]) find("keys")?.querySelector(`[data-do=${what}]`).toggleAttribute("disabled", shown?.source.rejected == null);
}

async function open(id, isNew = true) {
  const { found, later, refused } = await ask(`${page.dataset.oneItem}&item=${encodeURIComponent(id)}`);
  if (found) begin(found.html, isNew);
  else say(`This pair cannot be shown: ${later ?? refused}.`);
  return Boolean(found);
}

let filling = null;
function fill() { return (filling ??= fetchItems().finally(() => { filling = null; })); }
async function fetchItems() {
  const answered = outbox.waiting.map((one) => one.answer.item_id);
  const known = new Set([...held.keys(), ...answered, ...(shown ? [shown.id] : [])]);
  const { found, later, refused } = await ask([page.dataset.items, ...[...known].slice(0, 200).map((id) => `held=${encodeURIComponent(id)}`)].join("&"));
  if (!found) return later ?? refused;
  for (const { item_id, html } of found.items) if (item_id !== shown?.id) held.set(item_id, html);
  find("progress").innerHTML = found.progress;
  return "";
}

async function next() {
  const fault = held.size ? "" : await fill();
  const [html] = held.values();
  if (html) begin(html);
  else if (fault) return say(`The next pair cannot be loaded: ${fault}. Press the space bar to try again.`);
  else nothingLeft();
  say("");
  if (held.size < MIN_HELD) fill();
}

function nothingLeft() {
  shown = null;
  const heading = document.createElement("h1");
  heading.textContent = "Nothing is left for you in this round";
  heading.tabIndex = -1;
  find("item").replaceChildren(heading);
  heading.focus();
  update();
}

// Answering

function newId() { return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""); }
function secondsSpent() { return Math.min((watch.spent + (document.hidden ? 0 : performance.now() - watch.since)) / 1000, 86_400); }

function give({ choice, edited, edit_source, seconds }) {
  const answer = { answer_id: newId(), round, item_id: shown.id, reviewer, number: shown.number + 1, choice, edited: edited ?? null, edit_source: edit_source ?? null, seconds };
  Object.assign(shown, { number: answer.number, answer, isReopened: false });
  if (before.at(-1) !== shown.id) before.push(shown.id);
  update();
  say(`${choices[choice]}.`);
  outbox.put(answer);
}

function choose(choice) {
  if (isAsking()) give({ ...shown.answer, choice, seconds: secondsSpent() }); // what was written stays with the item
}

async function undo() {
  if (shown?.isReopened) return;
  if (!shown?.answer) {
    const last = before.filter((id) => id !== shown?.id).at(-1);
    if (!last) return say("There is nothing before this pair that you have answered here; your answers are listed below.");
    if (shown) held.set(shown.id, find("item").innerHTML);
    if (!(await open(last))) return;
  }
  if (!shown.answer) return;
  shown.isReopened = true;
  watch = { since: performance.now(), spent: 0 };
  say("Choose again. Until you do, your answer stands.");
  update();
}

// Editing

let editing = null;
const draftName = () => JSON.stringify([round, reviewer, shown.id, editing]);

function openEditor(source) {
  if (!shown?.answer || shown.isReopened) return say("Choose first: which answer is the model's is told after that.");
  if (shown.source.rejected == null) return say("Wait until your answer is recorded: the model's answer is told then.");
  editing = source;
  const own = shown.answer.edit_source === source ? shown.answer.edited : null;
  find("edited").value = drafts.read(draftName()) ?? own ?? (source === "edited" ? shown.source.rejected : "");
  find("editor").hidden = false;
  find("edited").focus();
}

function closeEditor() {
  find("editor")?.toggleAttribute("hidden", true);
  editing = null;
}

function saveEditor() {
  const text = find("edited").value.trim();
  const isNew = text && text !== shown.source.rejected.trim();
  const { choice, seconds, edited } = shown.answer;
  drafts.remove(draftName());
  const source = editing;
  closeEditor();
  if ((isNew ? text : null) === (edited ?? null)) return say("Nothing has changed.");
  give({ choice, seconds, edited: isNew ? text : null, edit_source: isNew ? source : null });
}

// Keys and buttons

const actions = {
  ...Object.fromEntries(Object.keys(choices).map((choice) => [choice, () => choose(choice)])),
  next: () => (isAsking() ? say("Choose first.") : next()),
  undo,
  edit: () => openEditor("edited"),
  write: () => openEditor("human"),
  cancel: () => { closeEditor(); find("item").querySelector("h1").focus(); },
  dismiss: () => outbox.dismiss(),
  guideline: () => find("guideline").showModal(),
  shortcuts: () => find("shortcuts").showModal(),
};
const keys = { 1: "left", 2: "right", t: "tie", b: "both_bad", s: "skip", u: "undo", e: "edit", w: "write", g: "guideline", "?": "shortcuts", " ": "next", Enter: "next" };

// The same key on keyboards of other scripts, and the row of digits where those need the shift key.
function placeOf({ key, code, shiftKey }) {
  const isMeant = code.startsWith("Digit") ? !shiftKey : code.startsWith("Key") && key > "\u007f";
  return isMeant ? code.at(-1).toLowerCase() : "";
}

page.addEventListener("click", ({ target }) => actions[target.closest("[data-do]")?.dataset.do]?.());
find("editor")?.addEventListener("submit", (event) => { event.preventDefault(); saveEditor(); });
find("edited")?.addEventListener("input", () => drafts.write(draftName(), find("edited").value));
document.addEventListener("keydown", (event) => {
  if (event.target.id === "edited") {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); saveEditor(); }
    if (event.key === "Escape") actions.cancel();
    return;
  }
  const action = keys[event.key] ?? keys[event.key.toLowerCase()] ?? keys[placeOf(event)];
  const isOwn = action === "next" && event.target.closest("button, a, summary"); // a press of what has the focus
  const scrolls = event.key === " " && isAsking(); // the space bar scrolls a long text
  if (!action || isOwn || scrolls || !isOpen || event.repeat || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  actions[action]();
});

// What happens around the page

document.addEventListener("visibilitychange", () => {
  if (document.hidden) watch.spent += performance.now() - watch.since;
  else { watch.since = performance.now(); outbox.flush(); }
});
window.addEventListener("online", () => outbox.flush());
window.addEventListener("focus", () => outbox.flush());
window.addEventListener("popstate", ({ state }) => { if (state?.item) open(state.item, false); });
window.addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });

if (find("item").querySelector("[data-item]")) {
  put(find("item").innerHTML);
  history.replaceState({ item: shown.id }, "", `${page.dataset.page}&item=${encodeURIComponent(shown.id)}`);
}
update();
showOutbox(outbox);
if (isOpen) {
  await outbox.flush();
  fill();
}
page.dataset.ready = "";
