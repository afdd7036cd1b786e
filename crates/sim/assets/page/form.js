// Forms that an application opens. What always holds: a form is sent only when every field keeps its limits, and each
// fault stands beside its field; while it is being sent it can be neither changed nor sent again.

import { fill, freshId, h, icon } from "./dom.js";
import { parse } from "./markdown.js";
import { draw } from "./markdown_view.js";
import { openPicker, offered } from "./picker.js";

/** Shows a form; `send(values)` resolves to null, or to words that say why it was not taken. */
export function openForm(app, form, words, send) {
  const fields = (form.components ?? []).map((part) => field(app, part, words)).filter(Boolean);
  const title = freshId("form-title");
  const fault = h("p", { class: "form-fault", role: "alert" });
  const submit = h("button", { class: "button button-primary", type: "submit", "data-testid": "form-submit" }, h("span", { class: "button-label" }, "Submit"));
  const cancel = h("button", { class: "button button-secondary", type: "button", on: { click: () => dialog.close() } }, "Cancel");
  const body = h("form", { class: "form", novalidate: true },
    h("header", { class: "form-head" }, h("h2", { id: title, class: "form-title" }, form.title),
      h("button", { class: "icon-button", type: "button", "aria-label": "Close this form", on: { click: () => dialog.close() } }, icon("close"))),
    h("p", { class: "form-note" }, `This form goes to ${form.application_name}. Do not share passwords.`),
    fields.map((one) => one.element), fault,
    h("footer", { class: "form-foot" }, cancel, submit));
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": title, "data-testid": "form" }, body);
  dialog.addEventListener("close", () => dialog.remove());
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = fields.filter((one) => !one.check());
    if (wrong.length > 0) return wrong[0].focus();
    fill(fault);
    submit.disabled = true;
    submit.classList.add("is-waiting");
    const refused = await send(Object.fromEntries(fields.filter((one) => one.id).map((one) => [one.id, one.value()])));
    submit.disabled = false;
    submit.classList.remove("is-waiting");
    if (refused === null) dialog.close();
    else fill(fault, refused);
  });
  document.body.append(dialog);
  dialog.showModal();
  fields.find((one) => one.id)?.focus();
}

function field(app, part, words) {
  if (part.type === 10) return { element: h("div", { class: "form-text" }, draw(parse(part.content), h, words)), check: () => true };
  const input = part.type === 1 ? part.components?.[0] : part.component;
  if (!input) return null;
  const label = part.label ?? input.label;
  if (input.type === 4) return textField(input, label, part.description);
  if ([3, 5, 6, 7, 8].includes(input.type)) return selectField(app, input, label, part.description);
  return null;
}

function frame(id, label, description, required, control) {
  const fault = h("p", { class: "field-fault", id: `${id}-fault`, role: "alert" });
  const element = h("div", { class: "field" },
    h("label", { class: "field-label", for: id }, label, required && h("span", { class: "field-required", title: "Required" }, " *")),
    description && h("p", { class: "field-note", id: `${id}-note` }, description), control, fault);
  return { element, fault };
}

function textField(input, label, description) {
  const id = freshId("field");
  const required = input.required !== false;
  const most = input.max_length ?? 4000;
  const control = h(input.style === 2 ? "textarea" : "input", {
    class: "input", id, placeholder: input.placeholder ?? null, value: input.value ?? "", rows: input.style === 2 ? "5" : null,
    type: input.style === 2 ? null : "text", "aria-describedby": description ? `${id}-note ${id}-fault` : `${id}-fault`, "aria-required": required ? "true" : null, autocomplete: "off",
  });
  const { element, fault } = frame(id, label, description, required, control);
  const count = h("span", { class: "field-count", "aria-hidden": "true" });
  if (input.max_length) element.querySelector("label").append(count);
  const wrong = () => {
    const length = [...control.value].length;
    if (length === 0) return required ? "Fill in this field." : null;
    if (length < (input.min_length ?? 0)) return `Enter at least ${input.min_length} characters; these are ${length}.`;
    return length > most ? `Enter at most ${most} characters; these are ${length}.` : null;
  };
  const update = () => { count.textContent = `${[...control.value].length}/${most}`; };
  const check = () => {
    const words = wrong();
    fill(fault, words);
    control.setAttribute("aria-invalid", words ? "true" : "false");
    return words === null;
  };
  control.addEventListener("input", () => {
    update();
    if (control.getAttribute("aria-invalid") === "true") check();
  });
  update();
  return { id: input.custom_id, element, check, value: () => control.value, focus: () => control.focus() };
}

function selectField(app, input, label, description) {
  const id = freshId("field");
  const required = input.required !== false;
  let values = offered(app.store, input).filter((item) => item.chosen).map((item) => item.value);
  const shown = h("span", { class: "select-value" });
  const update = () => {
    const labels = offered(app.store, input).filter((item) => values.includes(item.value)).map((item) => item.label);
    shown.textContent = labels.join(", ") || input.placeholder || "Make a selection";
    shown.classList.toggle("select-empty", labels.length === 0);
  };
  const control = h("button", { class: "select", id, type: "button", "aria-haspopup": "listbox", on: { click: () => openPicker(control, app.store, { ...input, label }, (picked) => { values = picked; update(); check(); }) } }, shown, icon("down"));
  const { element, fault } = frame(id, label, description, required, control);
  const check = () => {
    const words = required && values.length < (input.min_values ?? 1) ? "Choose an option." : null;
    fill(fault, words);
    return words === null;
  };
  update();
  return { id: input.custom_id, element, check, value: () => values, focus: () => control.focus() };
}
