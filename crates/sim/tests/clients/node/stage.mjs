// What every scenario stands on: the control API, a guild with people in it, and discord.js pointed at the simulator.
// The library is used as it is published; the one thing set is the address of its API, by its own option.
// A scenario's bots are closed at its end, however it ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Events, GatewayIntentBits, Partials } from 'discord.js';

export const address = process.argv[2];
export const ADMINISTRATOR = 8;
export const ALL = Object.values(GatewayIntentBits).filter((bit) => typeof bit === 'number');
const WITHIN_MS = 5_000;

class Refused extends Error {}

// POST /control/VERB
export async function control(verb, body = {}) {
  const answer = await fetch(`${address}/control/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (answer.status !== 200) throw new Refused(`${verb}: ${answer.status} ${told.error}`);
  return told;
}

// A guild of Olga's with Mia in it, and an application that is installed there.
export class Stage {
  clients = [];

  async build() {
    this.owner = await this.user('olga');
    const guild = await control('guild', { name: 'Tea room', owner: this.owner });
    this.guild = guild.id;
    this.general = guild.general;
    this.mia = await this.member('mia', { global_name: 'Mia' });
    await this.application('Teapot', ADMINISTRATOR);
  }

  async user(username, rest = {}) {
    return (await control('user', { username, ...rest })).id;
  }

  async member(username, rest = {}) {
    const user = await this.user(username, rest);
    await control('join', { guild: this.guild, user });
    return user;
  }

  // From now on the scenario's application is this one.
  async application(name, permissions, rest = {}) {
    this.app = await control('application', { name, owner: this.owner, ...rest });
    await control('install', { guild: this.guild, application: this.app.id, permissions });
  }

  async channel(name, rest = {}) {
    return (await control('channel', { guild: this.guild, name, ...rest })).id;
  }

  async role(name, rest = {}) {
    return (await control('role', { guild: this.guild, name, ...rest })).id;
  }

  async say(content, { user = this.mia, channel = this.general, ...rest } = {}) {
    return (await control('say', { channel, user, content, ...rest })).id;
  }

  // The channel as a member sees it, oldest first.
  async seen({ user = this.mia, channel = this.general } = {}) {
    return (await control('view', { channel, user })).messages;
  }

  async one(message, place) {
    return (await this.seen(place)).find((found) => found.id === message) ?? null;
  }

  async counts() {
    return (await control('log/counts')).counts[this.app.id] ?? {};
  }

  async order(order) {
    return (await control('gateway/order', { application: this.app.id, ...order })).connections;
  }

  // This bot's requests, oldest first.
  async requests(method, route) {
    const found = [];
    for (;;) {
      const page = (await control('log/requests', { after: String(found.at(-1)?.number ?? 0) })).requests;
      if (page.length === 0) break;
      found.push(...page);
    }
    return found.filter(
      (entry) =>
        entry.application === this.app.id &&
        (method === undefined || entry.method === method) &&
        (route === undefined || entry.route.startsWith(route)),
    );
  }

  client(options = {}) {
    const { rest, ...others } = options;
    const client = new Client({
      intents: ALL,
      partials: [Partials.Channel],
      rest: { api: `${address}/api`, ...rest },
      ...others,
    });
    this.clients.push(client);
    return client;
  }

  // Connects a bot as its author would, and returns it once it is ready.
  async enter(options) {
    const client = this.client(options);
    const ready = expect(client, Events.ClientReady, () => true, 12_000);
    await client.login(this.app.token);
    await ready;
    return client;
  }

  async leave() {
    await Promise.all(this.clients.map((client) => client.destroy()));
    await control('rest/calm');
  }

  // Members at the bot's commands.

  async invoke(command, options = {}, { user = this.mia, channel = this.general, ...rest } = {}) {
    return (await control('invoke', { channel, user, command, options, ...rest })).interaction;
  }

  async press(message, custom_id, values = [], user = this.mia) {
    return (await control('press', { channel: this.general, message, user, custom_id, values })).interaction;
  }

  outcome(interaction, until = 'settled') {
    return control('outcome', { interaction, until, wait_ms: WITHIN_MS });
  }
}

// A scenario, under the sentence that it shows to hold.
export function scenario(sentence, run, timeout = 30_000) {
  test(sentence, { timeout }, async () => {
    const stage = new Stage();
    try {
      await stage.build();
      await run(stage);
    } finally {
      await stage.leave();
    }
  });
}

// Waits for an event from now on, before what causes it is done. Resolves to the event's arguments.
export function expect(client, event, fits = () => true, within_ms = WITHIN_MS) {
  const told = new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      client.off(event, listener);
      reject(new Error(`no ${event} within ${within_ms} ms`));
    }, within_ms);
    const listener = (...told) => {
      if (!fits(...told)) return;
      clearTimeout(late);
      client.off(event, listener);
      resolve(told);
    };
    client.on(event, listener);
  });
  // Whoever awaits it sees the failure; until then it is nobody's.
  told.catch(() => {});
  return told;
}

// Asks again until the answer is yes, for what no event tells.
export async function until(question, what) {
  const end = Date.now() + WITHIN_MS;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    assert.ok(Date.now() < end, `${what}: not within ${WITHIN_MS} ms`);
    await pause(20);
  }
}

export const same = assert.deepEqual;
export const holds = assert.ok;

// The library rejects with its own error, with Discord's code.
export async function refused(promise, code) {
  let raised;
  try {
    await promise;
  } catch (error) {
    raised = error;
  }
  holds(raised, `nothing was refused, where ${code} was expected`);
  same(raised.code ?? raised.name, code, String(raised));
  return raised;
}
