// Tables that stand whole on the page are sorted and filtered in place.

import { make } from "./dom.js";

const numberOf = (text) => Number(text.replaceAll(/[^\d.−-]/g, "").replace("−", "-"));

function compare(one, other, isNumber) {
  return isNumber ? numberOf(one) - numberOf(other) : one.localeCompare(other, undefined, { numeric: true });
}

function sortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  heads.forEach((head, column) => {
    const name = head.textContent.trim();
    if (!name || head.querySelector("a")) return;
    const button = make("button", { type: "button" }, name, make("span", { "aria-hidden": "true" }));
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const direction = head.getAttribute("aria-sort") === "descending" ? "ascending" : "descending";
      for (const other of heads) {
        other.removeAttribute("aria-sort");
        const sign = other.querySelector("span");
        if (sign) sign.textContent = "";
      }
      head.setAttribute("aria-sort", direction);
      button.lastChild.textContent = direction === "descending" ? "↓" : "↑";
      const isNumber = head.classList.contains("end");
      const cell = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
      const rows = [...body.rows].sort((one, other) => compare(cell(one), cell(other), isNumber));
      if (direction === "descending") rows.reverse();
      body.append(...rows);
    });
  });
}

function filterable(table, field) {
  const none = make("p", { class: "soft", role: "status", hidden: "" }, "No row matches.");
  table.closest(".table").append(none);
  field.hidden = false;
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
      if (!row.hidden) shown += 1;
    }
    none.hidden = shown > 0;
  });
}

export function tables() {
  for (const table of document.querySelectorAll("table[data-whole]")) {
    sortable(table);
    const field = document.querySelector(`[data-filters="${CSS.escape(table.id)}"]`);
    if (field) filterable(table, field);
  }
}
