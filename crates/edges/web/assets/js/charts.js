// A chart's tooltip and its numbers as CSV, both out of the table that stands below it.

import { make } from "./dom.js";

function rowsOf(chart) {
  const table = chart.querySelector("table");
  const cells = (row) => [...row.cells].map((cell) => cell.textContent.trim());
  return { head: cells(table.tHead.rows[0]), rows: [...table.tBodies[0].rows].map(cells) };
}

/** A cell that no spreadsheet takes for a formula. */
export function csvCell(text) {
  const plain = /^[−-]?[\d.,]+$/.test(text) ? text.replaceAll(",", "").replace("−", "-") : /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

function download(chart) {
  const { head, rows } = rowsOf(chart);
  const text = [head, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n");
  const address = URL.createObjectURL(new Blob([`${text}\r\n`], { type: "text/csv" }));
  make("a", { href: address, download: `${chart.id}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function hover(chart) {
  const plot = chart.querySelector(".plot");
  const { head, rows } = rowsOf(chart);
  if (!plot || rows.length === 0) return;
  const isBars = chart.dataset.chart === "bar";
  const cross = make("div", { class: "crosshair", hidden: "" });
  const tip = make("div", { class: "tooltip", hidden: "" });
  chart.append(cross, tip);
  const hide = () => {
    cross.hidden = tip.hidden = true;
  };
  plot.addEventListener("pointerleave", hide);
  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    const frame = chart.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 0.9999);
    const last = rows.length - 1;
    const at = isBars ? Math.floor(share * rows.length) : Math.round(share * last);
    const x = box.left - frame.left + box.width * (isBars ? (at + 0.5) / rows.length : last ? at / last : 0.5);
    const list = make("dl");
    rows[at].slice(1).forEach((value, place) => list.append(make("dt", {}, head[place + 1]), make("dd", {}, value)));
    tip.replaceChildren(make("strong", {}, rows[at][0]), list);
    cross.hidden = tip.hidden = false;
    const top = box.top - frame.top;
    cross.style.setProperty("left", `${x}px`);
    cross.style.setProperty("top", `${top}px`);
    cross.style.setProperty("height", `${box.height}px`);
    const left = x + 12 + tip.offsetWidth > frame.width ? x - 12 - tip.offsetWidth : x + 12;
    tip.style.setProperty("left", `${Math.max(left, 0)}px`);
    tip.style.setProperty("top", `${top}px`);
  });
}

export function charts(root = document) {
  for (const chart of root.querySelectorAll(".chart")) {
    for (const button of chart.querySelectorAll("[data-csv]")) {
      button.hidden = false;
      button.addEventListener("click", () => download(chart));
    }
    if (["line", "area", "bar", "lorenz"].includes(chart.dataset.chart)) hover(chart);
  }
}
