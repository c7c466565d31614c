// Shows what /health says, and asks again while the page is seen.
const PAUSE_MS = 5000;
const rows = document.querySelector("#services");

function element(tag, text, properties = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...properties });
}

function serviceRow([name, { ready, detail }]) {
  const row = document.createElement("tr");
  const links = element("td", "", { className: "nowrap" });
  links.append(
    element("a", "open", { href: `${name}/` }), " · ",
    element("a", "API", { href: `docs?service=${name}` }), " · ",
    element("a", "metrics", { href: `${name}/metrics` }),
  );
  const state = ready ? ["● ready", { className: "good nowrap" }] : ["▲ not ready", { className: "bad nowrap" }];
  row.append(element("th", name, { scope: "row" }), element("td", ...state), element("td", detail), links);
  return row;
}

function notice(text) {
  const row = document.createElement("tr");
  row.append(element("td", text, { colSpan: 4, className: "bad" }));
  return row;
}

async function refresh() {
  try {
    const answer = await fetch("health");
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    rows.replaceChildren(...Object.entries((await answer.json()).services).map(serviceRow));
  } catch (error) {
    rows.replaceChildren(notice(`The gateway does not answer (${error.message}); trying again.`));
  }
}

await refresh();
setInterval(() => document.hidden || refresh(), PAUSE_MS);
