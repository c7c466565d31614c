// Shows what /health says, and asks again while the page is seen.
const PAUSE_MS = 5000;
const PATIENCE_MS = 10000;
const SIGNED_OUT = 401;
const rows = document.querySelector("#services");
const problems = document.querySelector("#problems");
const summary = document.querySelector("#summary");

function element(tag, content, properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...[content].flat());
  return made;
}

function stateOf({ ready, breaker, weight }) {
  if (!ready) return ["▲ not ready", "bad"];
  if (breaker === "open") return ["◆ too many requests failed", "bad"];
  if (breaker === "half-open") return ["◆ being tried again", "warn"];
  return weight ? ["● ready", "good"] : ["○ ready, gets no requests", "soft"];
}

function stateCell(state) {
  const [text, tone] = stateOf(state);
  return element("td", text, { className: `${tone} nowrap` });
}

// A service is as well as the best of its instances; one of several that is not well is a warning.
function serviceState(instances) {
  const states = instances.filter(({ weight }) => weight).map(stateOf);
  const ready = states.filter(([, tone]) => tone === "good").length;
  if (ready === states.length) return ["● ready", "good"];
  if (ready) return [`◐ ${ready} of ${states.length} ready`, "warn"];
  return states.find(([, tone]) => tone === "warn") ?? states[0];
}

function links(name) {
  const to = (text, href) => element("a", text, { href, title: `${text} of ${name}` });
  return [to("open", `${name}/`), " · ", to("API", `docs?service=${name}`), " · ", to("metrics", `${name}/metrics`)];
}

function serviceRows([name, { detail, instances }]) {
  const [text, tone] = serviceState(instances);
  const requests = instances.reduce((sum, instance) => sum + instance.requests, 0);
  const row = element("tr", [
    element("th", name, { scope: "row" }),
    element("td", text, { className: `${tone} nowrap` }),
    element("td", `${requests}`, { className: "figure" }),
    element("td", instances.length > 1 ? `${instances.length} instances` : detail),
    element("td", links(name), { className: "nowrap" }),
  ]);
  return instances.length > 1 ? [row, ...instances.map((instance) => instanceRow(instance, instances))] : [row];
}

function instanceRow(instance, all) {
  const weights = all.reduce((sum, { weight }) => sum + weight, 0);
  return element("tr", [
    element("th", element("code", instance.url), { scope: "row" }),
    stateCell(instance),
    element("td", `${instance.requests}`, { className: "figure" }),
    element("td", instance.detail),
    element("td", `${Math.round((100 * instance.weight) / weights)} % of the requests`, { className: "soft nowrap" }),
  ], { className: "instance" });
}

function summaryOf(services) {
  const ill = services.filter(([, { instances }]) => serviceState(instances)[1] !== "good").map(([name]) => name);
  return ill.length ? `Look after ${ill.join(", ")}.` : "All services are ready.";
}

function say(text, tone) {
  if (summary.textContent !== text) summary.textContent = text; // else screen readers say it each time
  summary.className = tone;
}

function show(health) {
  const focused = rows.contains(document.activeElement) && document.activeElement.getAttribute("href");
  const services = Object.entries(health.services);
  rows.replaceChildren(...services.flatMap(serviceRows));
  if (focused) rows.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  problems.replaceChildren(...health.problems.map((problem) => element("li", problem)));
  problems.hidden = !health.problems.length;
  say(summaryOf(services), "soft");
}

async function refresh() {
  try {
    const answer = await fetch("health", { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status === SIGNED_OUT) location.reload(); // the gateway leads to where one signs in, and back
    else if (!answer.ok) throw new Error(`status ${answer.status}`);
    else show(await answer.json());
  } catch (error) {
    say(`The gateway does not answer (${error.message}); trying again. What is below was so when it last did.`, "bad");
  }
}

async function refreshForEver() {
  if (!document.hidden) await refresh();
  setTimeout(refreshForEver, PAUSE_MS);
}

document.addEventListener("visibilitychange", () => document.hidden || refresh());
refreshForEver();
