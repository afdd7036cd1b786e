// Between what a person reads while writing (`@Mika`, `#general`) and what is sent (`<@1>`, `<#2>`). Pure.

/** Names become ids: longest names first, so that `@Mika Sol` is not taken for `@Mika`. Code is left alone. */
export function encode(text, names) {
  const known = [...names].sort(([one], [other]) => other.length - one.length);
  return text.split(/(```[\s\S]*?```|`[^`\n]*`)/).map((part, at) => {
    if (at % 2 === 1) return part;
    let result = "";
    let place = 0;
    while (place < part.length) {
      const found = "@#".includes(part[place]) && known.find(([name]) => part.startsWith(name, place) && !/[\p{L}\p{N}]/u.test(part[place + name.length] ?? ""));
      result += found ? found[1] : part[place];
      place += found ? found[0].length : 1;
    }
    return result;
  }).join("");
}

/** Ids become names again, for editing. `nameOf` gives null for what is unknown; names found are added to `names`. */
export function decode(text, nameOf, names) {
  return text.replace(/<(@&|@!?|#)(\d{1,20})>/g, (whole, kind, id) => {
    const name = nameOf(kind.startsWith("@!") ? "@" : kind, id);
    if (name === null) return whole;
    names.set(name, whole);
    return name;
  });
}

/** What is being typed just before the caret: a mention, channel or emoji, with where it begins. */
export function typedBefore(text, caret) {
  const before = text.slice(0, caret);
  const match = /(?:^|[\s(])([@#])([\p{L}\p{N}_ ]{0,32})$|(?:^|[\s(])(:)([\w+-]{2,32})$/u.exec(before);
  if (!match) return null;
  const kind = match[1] ?? match[3];
  const letters = match[2] ?? match[4];
  return letters.includes("  ") ? null : { kind, letters, start: caret - letters.length - 1 };
}
