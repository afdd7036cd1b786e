// A stand-in for the element builder: writes down what would be built, and serialises it as a browser would escape it.

const escape = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

/** The builder; everything it ever built is in `h.tags` and `h.attributes`. */
export function builder() {
  const h = (tag, attributes, ...children) => {
    h.tags.add(tag);
    const shown = Object.entries(attributes ?? {}).filter(([name, value]) => name !== "on" && value !== null && value !== undefined && value !== false);
    for (const [name, value] of shown) h.attributes.push([tag, name, String(value)]);
    return { html: `<${tag}${shown.map(([name, value]) => ` ${name}="${escape(value)}"`).join("")}>${html(children)}</${tag}>` };
  };
  h.tags = new Set();
  h.attributes = [];
  return h;
}

/** What a list of children would be in the page. */
export function html(children) {
  return [children].flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === "object" ? child.html : escape(child))).join("");
}

export const words = {
  user: (id) => ({ name: `user<${id}>`, me: id === "1" }),
  role: (id) => ({ name: `role<${id}>`, me: false }),
  channel: (id) => ({ name: `channel<${id}>`, here: id === "5" }),
  time: (seconds) => ({ shown: `at ${seconds}`, title: "", exact: "" }),
};
