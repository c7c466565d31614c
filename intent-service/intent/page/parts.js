// The parts of an answer as elements.

const percent = new Intl.NumberFormat("en", { style: "percent", minimumFractionDigits: 1 });
const points = new Intl.NumberFormat("en", { style: "percent", minimumFractionDigits: 2, signDisplay: "exceptZero" });
const LEAST_STRENGTH = 0.03;

function make(tag, className, content = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = content;
  return made;
}

export function bar({ label, confidence }) {
  const [item, names, track, fill] = [make("li", ""), make("div", "names"), make("div", "track"), make("div", "fill")];
  names.append(make("span", "", label), make("span", "", percent.format(confidence)));
  fill.style.width = `${confidence * 100}%`;
  track.append(fill);
  item.append(names, track);
  return item;
}

export function word({ text, weight }, strongest) {
  const strength = strongest ? Math.abs(weight) / strongest : 0;
  const side = weight > 0 ? "for" : "against";
  const shown = make("span", strength < LEAST_STRENGTH ? "word" : `word ${side}`, text);
  shown.style.setProperty("--strength", strength);
  shown.title = points.format(weight);
  return shown;
}

export function neighbour({ text, label, similarity }) {
  const row = make("tr", "");
  row.append(make("td", "", text), make("td", "", label), make("td", "", percent.format(similarity)));
  return row;
}
