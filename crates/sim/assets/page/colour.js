// Colours that people and bots chose, made readable on our grounds. Pure.
// What always holds: a returned ink has at least AA contrast (4.5) on the ground it was asked for.

/** Relative luminance of `[r, g, b]`, each 0–255. */
export function luminance([red, green, blue]) {
  const part = (value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
}

/** WCAG contrast of two colours. */
export function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** `[r, g, b]` of a number such as Discord's colours, or of `#rrggbb`. */
export function channels(colour) {
  const number = typeof colour === "string" ? Number.parseInt(colour.slice(1), 16) : colour;
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

/** The colour moved towards black or white until it can be read on a ground; null for Discord's "no colour". */
export function readable(colour, ground) {
  if (!colour) return null;
  const base = channels(colour);
  const target = luminance(ground) > 0.4 ? 0 : 255;
  for (let step = 0; step <= 20; step += 1) {
    const mixed = base.map((value) => Math.round(value + ((target - value) * step) / 20));
    if (contrast(mixed, ground) >= 4.5) return `rgb(${mixed.join(" ")})`;
  }
  return target === 0 ? "rgb(0 0 0)" : "rgb(255 255 255)";
}

/** One of eight hues that belongs to an id, for faces without a picture. */
export function hue(id) {
  let sum = 7;
  for (const digit of String(id)) sum = (sum * 31 + digit.charCodeAt(0)) % 997;
  return sum % 8;
}

/** One or two letters for a face. */
export function initials(name) {
  const words = String(name ?? "").split(/[\s_.-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? "?"];
  return letters.map((word) => [...word][0] ?? "").join("").toUpperCase();
}
