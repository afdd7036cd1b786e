// Who is in the server: grouped by their highest shown role, then those online, then those away.

import { fill, h, icon } from "./dom.js";
import { botTag, face, nameColour, rolesOf } from "./face.js";
import { memberMenu } from "./message_menu.js";
import { step } from "./sidebar.js";

const SHOWN_MAX = 300;

export class Members {
  constructor(app) {
    this.app = app;
    this.list = document.getElementById("members");
    for (const topic of ["members", "guilds", "theme"]) app.store.on(topic, () => this.soon());
    this.list.addEventListener("keydown", (event) => step(event, this.list));
    this.list.addEventListener("click", (event) => this.open(event, event.target.closest("[data-user]")));
    this.list.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      this.open(event, event.target.closest("[data-user]"));
    });
  }

  soon() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      this.draw();
    });
  }

  open(event, row) {
    if (row) memberMenu(this.app, row.dataset.user, row);
  }

  draw() {
    const { store } = this.app;
    const held = document.activeElement?.closest?.("#members [data-user]")?.dataset.user;
    const members = store.guild?.members ?? [];
    if (members.length === 0) return fill(this.list, h("p", { class: "empty" }, "Nobody is here."));
    fill(this.list, groups(store).map(([name, group]) => h("section", { "aria-label": `${name}, ${group.length}` },
      h("h3", { class: "members-group" }, `${name} — ${group.length}`),
      h("ul", { class: "plain-list" }, group.slice(0, SHOWN_MAX).map((member) => this.row(member))))));
    if (held) this.list.querySelector(`[data-user="${CSS.escape(held)}"]`)?.focus();
    return undefined;
  }

  row(member) {
    const { store } = this.app;
    const id = member.user.id;
    const name = store.nameOf(id);
    const presence = store.presence[id] ?? "offline";
    const colour = nameColour(store, member);
    const owner = store.guild.owner_id === id;
    const silenced = store.timedOutUntil(id);
    const until = silenced && `timed out until ${this.app.words.moment(silenced).exact}`;
    const roles = rolesOf(store, member).map((role) => role.name).join(", ");
    return h("li", null, h("button", {
      class: presence === "offline" ? "member member-away" : "member", type: "button", "data-user": id, title: roles || null, "aria-haspopup": "menu",
      "aria-label": [name, owner && "owner", member.user.bot && "App", until, presence].filter(Boolean).join(", "),
    }, face(member.user, name, "normal", presence), h("span", { class: "member-name", vars: colour ? { "--name": colour } : {} }, name), owner && h("span", { class: "member-crown", title: "Owns this server" }, icon("crown")), until && h("span", { class: "member-crown", title: until, "data-testid": "timed-out" }, icon("clock")), member.user.bot && botTag()));
  }
}

function groups(store) {
  const named = (a, b) => store.nameOf(a.user.id).localeCompare(store.nameOf(b.user.id));
  const shown = new Map();
  for (const member of [...store.guild.members].sort(named)) {
    const here = (store.presence[member.user.id] ?? "offline") !== "offline";
    const role = here ? rolesOf(store, member).find((one) => one.hoist) : null;
    const key = role ? role.id : here ? "online" : "offline";
    if (!shown.has(key)) shown.set(key, { order: role ? role.position : here ? 0 : -1, name: role?.name ?? (here ? "Online" : "Offline"), list: [] });
    shown.get(key).list.push(member);
  }
  return [...shown.values()].sort((a, b) => b.order - a.order).map(({ name, list }) => [name, list]);
}
