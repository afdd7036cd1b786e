// Forms: what is wrong is said beside its field, what changed is listed before it is saved, and nothing is lost by
// leaving.

import { make } from "./dom.js";

const LISTED_MAX = 4;

function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field instanceof HTMLSelectElement) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

function named(form) {
  return [...form.elements].filter((field) => field.name && !["hidden", "submit", "reset", "button"].includes(field.type));
}

function labelOf(field) {
  return field.dataset.label ?? field.labels?.[0]?.firstChild?.textContent?.trim() ?? field.name;
}

/** The words for a value that the browser refuses. */
function wrongOf(field) {
  const { validity } = field;
  if (validity.valid) return "";
  if (validity.valueMissing) return "Fill this in.";
  if (validity.badInput || validity.stepMismatch) return "Write a whole number.";
  if (validity.rangeUnderflow) return `Write ${field.min} or more.`;
  if (validity.rangeOverflow) return `Write ${field.max} or less.`;
  if (validity.tooLong) return `Write at most ${field.maxLength} characters.`;
  return field.title || field.validationMessage;
}

function tell(field) {
  const words = wrongOf(field);
  const id = `${field.id}-live`;
  const there = document.getElementById(id);
  if (words) {
    field.setAttribute("aria-invalid", "true");
    if (there) there.textContent = words;
    else field.closest(".field")?.append(make("p", { class: "wrong", id, role: "alert" }, words));
  } else {
    field.removeAttribute("aria-invalid");
    there?.remove();
    // What the server said of the value that stood here no longer holds.
    document.getElementById(`${field.id}-wrong`)?.remove();
  }
}

function guard(form) {
  const bar = form.querySelector("[data-changes]");
  const save = form.querySelector("[data-save]");
  const discard = form.querySelector("[data-discard]");
  const isBegun = form.hasAttribute("data-begun");
  let leaves = false;
  const show = () => {
    const labels = [...new Set(named(form).filter(isChanged).map(labelOf))];
    const more = labels.length > LISTED_MAX ? ` and ${labels.length - LISTED_MAX} more` : "";
    if (bar) bar.textContent = labels.length ? `Not saved yet: ${labels.slice(0, LISTED_MAX).join(", ")}${more}` : isBegun ? "Not saved yet." : "No changes.";
    if (save) save.disabled = labels.length === 0 && !isBegun;
    if (discard) discard.hidden = labels.length === 0;
    return labels.length;
  };
  form.addEventListener("input", (event) => {
    if (event.target.getAttribute("aria-invalid")) tell(event.target);
    show();
  });
  form.addEventListener("focusout", (event) => {
    if (event.target.name && event.target.type !== "hidden") tell(event.target);
  });
  form.addEventListener("reset", () => setTimeout(() => {
    for (const field of named(form)) tell(field);
    show();
  }));
  form.addEventListener("submit", (event) => {
    const wrong = named(form).filter((field) => !field.validity.valid);
    if (wrong.length && !event.submitter?.formNoValidate) {
      for (const field of wrong) tell(field);
      wrong[0].focus();
      event.preventDefault();
    } else leaves = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaves && show() > 0) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s" && save && !save.disabled) {
      event.preventDefault();
      form.requestSubmit(save);
    }
  });
  show();
}

export function forms() {
  for (const form of document.querySelectorAll("form[data-guard]")) {
    form.noValidate = true;
    guard(form);
  }
  // A filter applies at once where the choice is one of a list.
  for (const form of document.querySelectorAll("form[data-applies]")) {
    form.addEventListener("change", (event) => {
      if (event.target instanceof HTMLSelectElement) form.requestSubmit();
    });
    form.addEventListener("submit", () => {
      // What is empty does not stand in the address.
      for (const field of named(form)) field.disabled = field.value === "";
    });
  }
  document.querySelector("form[data-begun] .wrong")?.closest(".field")?.querySelector("input, textarea, select")?.focus();
}
