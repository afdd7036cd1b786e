// How a channel's messages stand together: under one head while an author speaks on, apart by day, marked where new.
// Pure.

const TOGETHER_MS = 7 * 60_000;
const PLAIN_KINDS = new Set([0, 19, 20, 23]);

/** For each message: whether it continues the one before, opens a day, and is the first unread. */
export function arrange(messages, dayKey, newFrom, compareIds) {
  let previous = null;
  let marked = false;
  return messages.map((message) => {
    const at = new Date(message.timestamp);
    const day = dayKey(at);
    const opensDay = previous === null || previous.day !== day;
    const isNew = newFrom !== null && !marked && compareIds(message.id, newFrom) > 0 && previous !== null;
    marked ||= isNew;
    const follows = !opensDay && !isNew && continues(message, previous.message);
    previous = { message, day };
    return { message, at, opensDay, isNew, follows };
  });
}

/** Whether a message is an ordinary one of a person or bot; the others are lines of the system. */
export const isSpoken = (message) => PLAIN_KINDS.has(message.type);

function continues(message, before) {
  return isSpoken(message) && isSpoken(before)
    && message.author.id === before.author.id
    && message.author.username === before.author.username
    && !message.message_reference && !message.interaction_metadata
    && (message.flags & 64) === (before.flags & 64)
    && new Date(message.timestamp) - new Date(before.timestamp) < TOGETHER_MS;
}

/** What a line of the system says, as parts: text, or `{ user }`. */
export function systemLine(message) {
  const who = { user: message.author.id };
  switch (message.type) {
    case 6: return [who, " pinned a message to this channel."];
    case 7: return [who, " joined the server."];
    case 8: return [who, " boosted the server."];
    case 18: return [who, " started a thread: ", message.content];
    default: return [who, ": ", message.content];
  }
}
