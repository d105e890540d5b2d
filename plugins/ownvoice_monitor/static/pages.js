// Draws the charts, and leads links out of the frame. Every page is whole without it.

// A custom property holds light-dark(...), which a canvas cannot read; the computed colour of an element it can.
function colour(name) {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const config = () => ({
  background: "transparent",
  font: getComputedStyle(document.body).fontFamily,
  view: { stroke: null },
  axis: {
    labelColor: colour("--muted"), titleColor: colour("--muted"), gridColor: colour("--line"),
    domainColor: colour("--line"), tickColor: colour("--line"), labelFontSize: 11, titleFontSize: 11,
  },
  axisX: { grid: false },
  legend: { labelColor: colour("--muted"), titleColor: colour("--muted"), orient: "bottom", labelFontSize: 11, symbolSize: 60 },
  text: { color: colour("--text") },
  rule: { color: colour("--muted") },
  line: { strokeWidth: 2 }, point: { size: 28, filled: true },
});

// The expression interpreter (`ast`) needs no eval, and no style is written into the page: the policy allows neither.
const options = () => ({
  ast: true, actions: false, defaultStyle: false, renderer: "canvas", config: config(),
  tooltip: { disableDefaultStyle: true },
});

const drawn = [];

async function draw() {
  for (const one of drawn.splice(0)) one.finalize();
  for (const figure of document.querySelectorAll("figure.chart")) {
    const text = figure.querySelector("script").textContent.replaceAll('"currentColor"', JSON.stringify(colour("--text")));
    const spec = JSON.parse(text);
    drawn.push(await window.vegaEmbed(figure.querySelector(".canvas"), spec, options()));
  }
}

// Links to Airflow itself leave the frame. It is sandboxed, so that the UI around it has to follow them.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-airflow]");
  if (!link || window.parent === window || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const outside = window.parent.document.createElement("a");
  outside.href = link.href;
  window.parent.document.body.append(outside);
  outside.click();
  outside.remove();
});

// A form filled in for Airflow is sent to its own API, under the login and the rights of whoever sends it.
const refusals = { 401: "Please log in again.", 403: "Your Airflow role may not trigger this DAG." };
for (const form of document.querySelectorAll("form[data-trigger]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const output = form.querySelector("output");
    const typed = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
    const conf = { ...JSON.parse(form.dataset.conf), ...typed };
    const answer = await fetch(form.dataset.trigger, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ logical_date: null, conf }),
    });
    if (!answer.ok) {
      output.textContent = refusals[answer.status] ?? `Airflow refused it (${answer.status}).`;
      return;
    }
    const link = document.createElement("a");
    link.href = form.dataset.runs + encodeURIComponent((await answer.json()).dag_run_id);
    link.dataset.airflow = "";
    link.textContent = "It is triggered: the run in Airflow";
    output.replaceChildren(link);
  });
}

// Scroll a long article to the chosen words.
const quote = document.querySelector(".original mark");
if (quote) quote.closest(".original").scrollTop = quote.offsetTop - quote.closest(".original").offsetTop - 80;

if (window.vegaEmbed) {
  for (const change of ["themechange", "contentchange"]) document.addEventListener(change, draw);
  draw();
}
