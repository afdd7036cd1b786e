// Moments as the viewer reads them: in their own zone and language, short here, exact on hover.
// Pure but for the zone and language, which may be handed in.

/** Formats moments for a language and zone; the viewer's own where none is given. */
export function moments(language, zone) {
  const format = (options) => {
    const formatter = new Intl.DateTimeFormat(language, { timeZone: zone, ...options });
    return (date) => formatter.format(date);
  };
  const clock = format({ hour: "2-digit", minute: "2-digit" });
  const seconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const day = format({ day: "numeric", month: "long", year: "numeric" });
  const short = format({ day: "2-digit", month: "2-digit", year: "numeric" });
  const whole = format({ weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });
  const exact = format({ weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" });
  const key = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const dayKey = (date) => key.format(date);

  /** Beside an author's name: today's with the hour alone. */
  const stamp = (date, now) => {
    if (dayKey(date) === dayKey(now)) return `Today at ${clock(date)}`;
    if (dayKey(date) === dayKey(new Date(now - 86_400_000))) return `Yesterday at ${clock(date)}`;
    return `${short(date)} ${clock(date)}`;
  };

  /** `<t:…:style>` as Discord shows it. */
  const styled = (date, style, now) => {
    switch (style) {
      case "t": return clock(date);
      case "T": return seconds(date);
      case "d": return short(date);
      case "D": return day(date);
      case "F": return whole(date);
      case "R": return ago(date, now, relative);
      default: return `${day(date)} ${clock(date)}`;
    }
  };
  return { clock, day, exact, dayKey, stamp, styled };
}

const STEPS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];

function ago(date, now, relative) {
  const seconds = Math.round((date - now) / 1000);
  const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? STEPS.at(-1);
  return relative.format(Math.trunc(seconds / size), unit);
}
