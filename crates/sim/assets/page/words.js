// The names behind the ids in texts, and moments in the viewer's zone, for whatever is drawn from members' text.

import { moments } from "./when.js";

const when = moments();

/** Answers for a store's names. */
export function words(store) {
  return {
    user: (id) => ({ name: store.nameOf(id), me: id === store.me?.id }),
    role: (id) => ({ name: store.role(id)?.name ?? "deleted role", me: store.member(store.me?.id)?.roles.includes(id) ?? false }),
    channel(id) {
      const found = store.guild?.channels.find((one) => one.id === id);
      return { name: found?.name ?? "no access", here: Boolean(found) };
    },
    time(seconds, style) {
      const date = new Date(seconds * 1000);
      if (Number.isNaN(date.getTime())) return { shown: "a moment out of range", title: "", exact: "" };
      return { shown: when.styled(date, style, new Date()), title: when.exact(date), exact: date.toISOString() };
    },
    moment: (date) => ({ stamp: when.stamp(date, new Date()), exact: when.exact(date), clock: when.clock(date) }),
    day: (date) => when.day(date),
    dayKey: (date) => when.dayKey(date),
  };
}
