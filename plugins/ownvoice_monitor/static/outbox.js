// Answers on their way: each is kept by the browser before it is sent, and until the server has said what became of it.

const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

// Where the browser keeps nothing (storage switched off or full), at least this page does.
const kept = new Map();
function write(key, value) {
  kept.set(key, value);
  try { localStorage.setItem(key, value); } catch { /* kept above */ }
}
function remove(key) {
  kept.delete(key);
  try { localStorage.removeItem(key); } catch { /* it was never there */ }
}
function entries(prefix) {
  const found = new Map([...kept].filter(([key]) => key.startsWith(prefix)));
  try {
    for (let at = 0; at < localStorage.length; at += 1) {
      const key = localStorage.key(at);
      if (key.startsWith(prefix)) found.set(key, localStorage.getItem(key));
    }
  } catch { /* as above */ }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1));
}

export const drafts = {
  read: (name) => entries(`ownvoice-draft:${name}`).map(([, text]) => text)[0],
  write: (name, text) => write(`ownvoice-draft:${name}`, text),
  remove: (name) => remove(`ownvoice-draft:${name}`),
};

export class Outbox {
  // `send(answer)` resolves to {receipt}, {refused: sentence} or {later: sentence}; `changed(this)` follows each change.
  constructor(reviewer, send, received, changed) {
    Object.assign(this, { prefix: `ownvoice-answer:${JSON.stringify(reviewer)}:`, send, received, changed });
    Object.assign(this, { why: "", failed: 0, sending: null, timer: 0 });
  }

  put(answer) {
    // Read in this order: an edit is sent after the choice that it supersedes.
    const key = `${this.prefix}${String(Date.now()).padStart(15, "0")}:${String(answer.number).padStart(4, "0")}:${answer.answer_id}`;
    write(key, JSON.stringify({ answer }));
    this.changed(this);
    this.flush();
  }

  #all() { return entries(this.prefix).map(([key, text]) => ({ key, ...JSON.parse(text) })); }
  get waiting() { return this.#all().filter((one) => !one.refused); }
  get refused() { return this.#all().filter((one) => one.refused); }
  dismiss() { for (const one of this.refused) remove(one.key); this.changed(this); }

  // One answer after the other; whoever asks while that is going on waits for the same end.
  flush() {
    this.sending ??= this.#sendAll().finally(() => { this.sending = null; });
    return this.sending;
  }

  async #sendAll() {
    clearTimeout(this.timer);
    for (let one = this.waiting[0]; one; one = this.waiting[0]) {
      const { receipt, refused, later } = await this.send(one.answer);
      if (later) {
        this.why = later;
        this.timer = setTimeout(() => this.flush(), PAUSES_MS[Math.min(this.failed, PAUSES_MS.length - 1)]);
        this.failed += 1;
        return this.changed(this);
      }
      this.failed = 0;
      // What a person wrote is not thrown away because it came too late.
      const lost = refused ?? (receipt.recorded || !(one.answer.edited || receipt.closed) ? null : receipt.sentence);
      if (lost) write(one.key, JSON.stringify({ answer: one.answer, refused: lost }));
      else remove(one.key);
      if (receipt) this.received(one.answer, receipt);
      this.changed(this);
    }
    this.why = "";
    this.changed(this);
  }
}

// Resolves to {found}, to {refused: sentence}, or to {later: sentence} where asking again may help.
export async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, { headers: { Accept: "application/json", ...options.headers }, signal: AbortSignal.timeout(30_000), ...options.rest });
  } catch {
    return { later: "the connection is lost" };
  }
  const found = await answer.json().catch(() => null);
  // A login page in the answer's place, of Airflow or of a proxy before it.
  if (answer.status === 401 || (!found && answer.status < 500)) return { later: "your login has ended", login: true };
  if (answer.ok) return { found };
  const sentence = found?.sentence ?? `the server failed (${answer.status})`;
  return [403, 409, 429].includes(answer.status) || answer.status >= 500 ? { later: sentence } : { refused: sentence };
}
