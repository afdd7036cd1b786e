// What the browser remembers between visits: the place, what was read, what was dismissed.
// What always holds: it is bounded, and without storage the page works all the same, forgetting it on leaving.

const DISMISSED_MAX = 300;
const READ_MAX = 2_000;

export class Memory {
  constructor() {
    this.values = new Map();
    this.reads = new Map(this.read("reads", []));
    this.dismissed = this.read("dismissed", []);
  }

  read(key, otherwise) {
    if (this.values.has(key)) return this.values.get(key);
    try {
      const text = localStorage.getItem(`chat.${key}`);
      return text === null ? otherwise : JSON.parse(text);
    } catch {
      return otherwise;
    }
  }

  write(key, value) {
    this.values.set(key, value);
    try {
      localStorage.setItem(`chat.${key}`, JSON.stringify(value));
    } catch {
      // Full or closed: kept for this visit only.
    }
  }

  lastRead(me, channel) {
    return this.reads.get(`${me}.${channel}`) ?? null;
  }

  setRead(me, channel, message) {
    const key = `${me}.${channel}`;
    if (this.reads.get(key) === message) return;
    this.reads.delete(key);
    this.reads.set(key, message);
    while (this.reads.size > READ_MAX) this.reads.delete(this.reads.keys().next().value);
    this.write("reads", [...this.reads]);
  }

  dismiss(message) {
    this.dismissed = [...this.dismissed, message].slice(-DISMISSED_MAX);
    this.write("dismissed", this.dismissed);
  }

  isDismissed(message) {
    return this.dismissed.includes(message);
  }
}
