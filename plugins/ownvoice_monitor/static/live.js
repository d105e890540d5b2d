// Follows a training while it is at work: asks for this page again and puts what is new in the place of the old.

const PAUSE_MS = 10_000;
let shown = document.getElementById("live").innerHTML;

async function look() {
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const live = page.getElementById("live");
  if (!live || !("live" in live.dataset)) return location.reload();
  if (live.innerHTML === shown) return;
  shown = live.innerHTML;
  document.getElementById("live").replaceChildren(...live.childNodes);
  document.dispatchEvent(new Event("contentchange"));
}

setInterval(look, PAUSE_MS);
