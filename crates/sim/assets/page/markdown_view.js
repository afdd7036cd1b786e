// Turns the tree of a text into elements. The builder is handed in, so that a test can see exactly what would be built.
// What always holds: only the tags named here are built, and no attribute but those named here carries a member's text
// (an address that was checked, and labels).

const SIMPLE = { bold: "strong", italic: "em", underline: "u", strike: "s" };

/** The elements of a tree. `words` answers for names: `user`, `role`, `channel`, `time`. */
export function draw(nodes, h, words) {
  return nodes.map((node) => one(node, h, words));
}

function one(node, h, words) {
  const inside = () => draw(node.children, h, words);
  switch (node.t) {
    case "text":
      return node.v;
    case "break":
      return h("br");
    case "lines":
      return h("span", { class: "md-lines" }, inside());
    case "bold":
    case "italic":
    case "underline":
    case "strike":
      return h(SIMPLE[node.t], null, inside());
    case "code":
      return h("code", { class: "md-code" }, node.v);
    case "fence":
      return h("pre", { class: "md-fence", tabindex: "0", "aria-label": node.language ? `Code, ${node.language}` : "Code" }, h("code", null, node.v));
    case "quote":
      return h("blockquote", { class: "md-quote" }, inside());
    case "heading":
      return h("div", { class: `md-heading md-heading-${node.level}`, role: "heading", "aria-level": String(node.level + 3) }, inside());
    case "small":
      return h("small", { class: "md-small" }, inside());
    case "list":
      return h("ul", { class: "md-list" }, node.items.map((item) =>
        h("li", { class: `md-level-${item.level}`, "data-mark": item.mark }, h("span", null, draw(item.children, h, words)))));
    case "spoiler":
      return spoiler(inside(), h);
    case "link":
      return link(node, inside(), h);
    default:
      return named(node, h, words);
  }
}

function spoiler(children, h) {
  const inner = h("span", { class: "md-spoiler-text", "aria-hidden": "true" }, children);
  const reveal = (event) => {
    const outer = event.currentTarget;
    if (outer.dataset.shown === "yes" || (event.type === "keydown" && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    event.stopPropagation();
    outer.dataset.shown = "yes";
    outer.setAttribute("aria-expanded", "true");
    outer.setAttribute("aria-label", "Spoiler, shown");
    inner.removeAttribute("aria-hidden");
  };
  const attributes = { class: "md-spoiler", role: "button", tabindex: "0", "aria-expanded": "false", "aria-label": "Spoiler, select to show" };
  return h("span", { ...attributes, on: { click: reveal, keydown: reveal } }, inner);
}

function link(node, children, h) {
  const anchor = h("a", { class: "md-link", href: node.url, target: "_blank", rel: "noopener noreferrer nofollow" }, children);
  return node.host ? h("span", null, anchor, h("span", { class: "md-host" }, ` (${node.host})`)) : anchor;
}

function named(node, h, words) {
  switch (node.t) {
    case "user": {
      const user = words.user(node.id);
      return h("button", { class: user.me ? "md-mention md-mention-me" : "md-mention", type: "button", "data-user": node.id }, `@${user.name}`);
    }
    case "role": {
      const role = words.role(node.id);
      return h("span", { class: role.me ? "md-mention md-mention-me" : "md-mention" }, `@${role.name}`);
    }
    case "channel": {
      const channel = words.channel(node.id);
      return channel.here
        ? h("button", { class: "md-mention", type: "button", "data-channel": node.id }, `#${channel.name}`)
        : h("span", { class: "md-mention" }, `#${channel.name}`);
    }
    case "command":
      return h("button", { class: "md-mention", type: "button", "data-command": node.name }, node.v);
    case "everyone":
      return h("span", { class: "md-mention md-mention-me" }, node.v);
    case "time": {
      const time = words.time(node.seconds, node.style);
      return h("time", { class: "md-time", datetime: time.exact, title: time.title }, time.shown);
    }
    default:
      return h("span", { class: "md-emoji", title: `:${node.name}:` }, `:${node.name}:`);
  }
}
