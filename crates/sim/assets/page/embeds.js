// Embeds and files of a message. What always holds: no picture is fetched from elsewhere than this server; one that
// lies elsewhere is shown as a link with its host.

import { h, icon, webAddress } from "./dom.js";
import { parse } from "./markdown.js";
import { draw } from "./markdown_view.js";

/** An embed with its bar, author, title, text, fields, picture and foot. */
export function embed(value, message, words) {
  const text = (source, className) => source && h("div", { class: className }, draw(parse(source), h, words));
  const bar = value.color === undefined || value.color === null ? {} : { "--bar": `#${value.color.toString(16).padStart(6, "0").slice(-6)}` };
  const at = value.timestamp && words.moment(new Date(value.timestamp));
  return h("article", { class: "embed", vars: bar, "aria-label": value.title ? `Embed: ${value.title}` : "Embed" },
    h("div", { class: "embed-body" },
      value.author?.name && h("div", { class: "embed-author" }, linked(value.author.name, value.author.url)),
      value.title && h("div", { class: "embed-title" }, linked(null, value.url, draw(parse(value.title), h, words))),
      text(value.description, "embed-text"),
      value.fields?.length > 0 && h("div", { class: "embed-fields" }, inRows(value.fields).map(({ field, beside }) =>
        h("div", { class: field.inline ? `embed-field embed-field-inline embed-field-${beside}` : "embed-field" },
          text(field.name, "embed-field-name"), text(field.value, "embed-field-value")))),
      value.image && picture(value.image, message, "embed-image"),
      (value.footer?.text || at) && h("div", { class: "embed-foot" },
        value.footer?.text, value.footer?.text && at && " · ", at && h("time", { datetime: value.timestamp, title: at.exact }, at.stamp))),
    value.thumbnail && picture(value.thumbnail, message, "embed-thumbnail"));
}

const IN_A_ROW = 3;

/** The fields with how many of them share a row: as in Discord, neighbours that stand inline, three at most. */
function inRows(fields) {
  const rows = [];
  for (const field of fields) {
    const row = rows.at(-1);
    const joins = field.inline && row?.[0].inline && row.length < IN_A_ROW;
    if (joins) row.push(field);
    else rows.push([field]);
  }
  return rows.flatMap((row) => row.map((field) => ({ field, beside: row.length })));
}

function linked(text, url, children = [text]) {
  const target = webAddress(url);
  return target ? h("a", { class: "md-link", href: target.href, target: "_blank", rel: "noopener noreferrer nofollow" }, children) : h("span", null, children);
}

/** A picture of an embed or of a file, by its address or as `attachment://name`. */
function picture(image, message, className) {
  const name = String(image.url ?? "").startsWith("attachment://") ? image.url.slice(13) : null;
  const file = (message.attachments ?? []).find((one) => name ? one.filename === name : one.url === image.url);
  const source = localAddress(file?.url ?? image.url);
  const alt = image.description ?? file?.description ?? "";
  if (source === null) {
    const target = webAddress(image.url);
    return target && h("a", { class: "md-link", href: target.href, target: "_blank", rel: "noopener noreferrer nofollow" }, `Picture on ${target.host}`);
  }
  return shown(source, alt, file?.width ?? image.width, file?.height ?? image.height, className);
}

function shown(source, alt, width, height, className) {
  const size = width && height ? { width, height } : {};
  return h("img", { class: className, src: source, alt: alt || "Picture without a description", loading: "lazy", ...size });
}

/** An address on this server, without its origin; null for one elsewhere. */
export function localAddress(text) {
  const url = webAddress(text) ?? (typeof text === "string" && text.startsWith("/") && !text.startsWith("//") ? new URL(text, location.href) : null);
  if (url === null) return null;
  if (url.origin === location.origin) return url.href;
  const stored = /^\/(?:attachments|avatars|icons|banners)\/[\w./-]+$/.exec(url.pathname);
  return stored && !url.pathname.includes("..") ? new URL(`..${url.pathname}`, import.meta.url).href : null;
}

/** The files of a message that no embed shows. */
/** What a message forwards, asks or sticks on. */
export function carried(message, words) {
  const forwarded = (message.message_snapshots ?? []).map(({ message: seen }) => h("blockquote", { class: "forwarded", "aria-label": "Forwarded message" },
    h("div", { class: "forwarded-head" }, icon("right"), "Forwarded"),
    seen.content && h("div", { class: "message-text" }, draw(parse(seen.content), h, words)),
    (seen.embeds ?? []).map((one) => embed(one, seen, words)), files(seen)));
  const poll = message.poll && h("div", { class: "poll", role: "group", "aria-label": "Poll" }, h("strong", null, message.poll.question?.text ?? ""),
    h("ul", null, (message.poll.answers ?? []).map((answer) => h("li", null, answer.poll_media?.text ?? ""))));
  const stickers = (message.sticker_items ?? []).map((sticker) => h("div", { class: "file" }, `Sticker: ${sticker.name}`));
  return [forwarded, poll, stickers];
}

export function files(message) {
  const used = new Set((message.embeds ?? []).flatMap((one) => [one.image?.url, one.thumbnail?.url]));
  return (message.attachments ?? [])
    .filter((file) => !used.has(file.url) && !used.has(`attachment://${file.filename}`))
    .map((file) => attachment(file));
}

function attachment(file) {
  const source = localAddress(file.url);
  if (source !== null && String(file.content_type ?? "").startsWith("image/")) {
    return shown(source, file.description, file.width, file.height, "file-picture");
  }
  const size = file.size === undefined ? "" : file.size < 1024 ? `${file.size} bytes` : `${Math.round(file.size / 1024)} KB`;
  const name = source === null ? h("span", null, file.filename) : h("a", { class: "md-link", href: source, download: file.filename }, file.filename);
  return h("div", { class: "file" }, name, h("span", { class: "file-size" }, size));
}
