// Slash commands and their options: found by what was typed, flattened from their groups, checked as Discord's client
// checks them, and put together for sending. Pure.

export const TYPES = { SUB: 1, GROUP: 2, TEXT: 3, INTEGER: 4, BOOLEAN: 5, USER: 6, CHANNEL: 7, ROLE: 8, MENTIONABLE: 9, NUMBER: 10, FILE: 11 };
const SAFE = 2 ** 53;

/** Every command that can be typed, groups taken apart: the title is the way to it. */
export function flatten(commands) {
  return commands.filter((command) => command.type === 1).flatMap((command) => {
    const options = command.options ?? [];
    const inner = options.filter((option) => option.type === TYPES.SUB || option.type === TYPES.GROUP);
    if (inner.length === 0) return [entry(command, [], command)];
    return inner.flatMap((option) => option.type === TYPES.SUB
      ? [entry(command, [option], option)]
      : (option.options ?? []).map((sub) => entry(command, [option, sub], sub)));
  }).sort((a, b) => a.title.localeCompare(b.title));
}

function entry(command, path, leaf) {
  return {
    command,
    title: [command.name, ...path.map((part) => part.name)].join(" "),
    description: leaf.description ?? "",
    options: (leaf.options ?? []).filter((option) => option.type > TYPES.GROUP),
  };
}

/** The entries that fit what was typed after the slash, those that begin with it first. */
export function matching(entries, typed) {
  const words = typed.trim().toLowerCase();
  const begins = entries.filter((one) => one.title.startsWith(words));
  const within = entries.filter((one) => !one.title.startsWith(words) && one.title.includes(words));
  return [...begins, ...within];
}

/** Why a value does not fit its option, in words; null if it does. `value` is what was chosen or typed. */
export function problem(option, value) {
  const text = typeof value === "string" ? value.trim() : value;
  if (text === null || text === undefined || text === "") {
    return option.required ? "This option is required." : null;
  }
  switch (option.type) {
    case TYPES.INTEGER: return number(option, text, true);
    case TYPES.NUMBER: return number(option, text, false);
    case TYPES.TEXT: return textual(option, String(value));
    case TYPES.BOOLEAN: return typeof text === "boolean" ? null : "Choose True or False.";
    case TYPES.FILE: return "Files cannot be attached on this page.";
    default: return /^\d{1,20}$/.test(text) ? null : "Choose one from the list.";
  }
}

function number(option, value, whole) {
  if (option.choices?.length || (option.autocomplete && typeof value === "number")) {
    return typeof value === "number" ? null : "Choose one from the list.";
  }
  const pattern = whole ? /^[+-]?\d{1,16}$/ : /^[+-]?\d{1,16}(\.\d{1,15})?$/;
  if (typeof value !== "number" && !pattern.test(value)) return whole ? "Enter a whole number." : "Enter a number.";
  const amount = Number(value);
  if (Math.abs(amount) > SAFE) return "This number is too large.";
  if (option.min_value !== undefined && amount < option.min_value) return `Enter ${option.min_value} or more.`;
  if (option.max_value !== undefined && amount > option.max_value) return `Enter ${option.max_value} or less.`;
  return null;
}

function textual(option, value) {
  if (option.choices?.length) return option.choices.some((choice) => choice.value === value) ? null : "Choose one from the list.";
  const length = [...value].length;
  const most = option.max_length ?? 6000;
  if (length < (option.min_length ?? 0)) return `Enter at least ${option.min_length} characters.`;
  return length > most ? `Enter at most ${most} characters; these are ${length}.` : null;
}

/** The value as it is sent. */
export function sent(option, value) {
  if (option.type === TYPES.INTEGER || option.type === TYPES.NUMBER) return Number(value);
  return typeof value === "string" && option.type !== TYPES.TEXT ? value.trim() : value;
}

/** The options to send, by name: those that were given and keep their bounds; the focused one as it was typed. */
export function given(one, values, focused) {
  const pairs = [];
  for (const option of one.options) {
    const value = values.get(option.name);
    if (option.name === focused) pairs.push([option.name, String(value ?? "")]);
    else if (isGiven(value) && problem(option, value) === null) pairs.push([option.name, sent(option, value)]);
  }
  return Object.fromEntries(pairs);
}

const isGiven = (value) => value !== undefined && value !== null && value !== "";

/** What an option's kind is called, for the hint beside it. */
export function kindWords(option) {
  const kinds = { 3: "text", 4: "whole number", 5: "true or false", 6: "member", 7: "channel", 8: "role", 9: "member or role", 10: "number", 11: "file" };
  const bounds = [];
  if (option.min_value !== undefined) bounds.push(`at least ${option.min_value}`);
  if (option.max_value !== undefined) bounds.push(`at most ${option.max_value}`);
  return [kinds[option.type] ?? "value", ...bounds].join(", ");
}
