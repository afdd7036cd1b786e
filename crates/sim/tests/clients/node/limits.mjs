// Rate limits and failures of REST: the library waits as long as it is told, and not a request goes out before.

import { control, expect, holds, same, scenario } from './stage.mjs';

const MESSAGES = '/channels/{channel_id}/messages';
const RETRY_AFTER_MS = 900;

const limit = (stage, rest) =>
  control('rest/fault', {
    times: 1,
    kind: 'rate_limited',
    retry_after_ms: RETRY_AFTER_MS,
    method: 'POST',
    route: `/channels/${stage.general}/messages`,
    ...rest,
  });

// How long it was from the refusal to the first request after it.
function waitedMs(entries) {
  const refusal = entries.findIndex(({ status }) => status === 429);
  return (entries[refusal + 1].at_us - entries[refusal].at_us) / 1_000;
}

const refusals = (entries) => entries.filter(({ status }) => status === 429).length;

scenario('a 429 of a route is waited out, and the message sent once', async (stage) => {
  const bot = await stage.enter();
  await limit(stage, { global: false, scope: 'user' });
  const channel = bot.channels.cache.get(stage.general);
  await Promise.all([0, 1, 2].map((number) => channel.send(`number ${number}`)));
  const entries = await stage.requests('POST', MESSAGES);
  same(refusals(entries), 1);
  holds(waitedMs(entries) >= RETRY_AFTER_MS, `it waited ${waitedMs(entries)} ms`);
  same((await stage.seen()).map(({ content }) => content).sort(), ['number 0', 'number 1', 'number 2']);
});

scenario('a global 429 holds back every route', async (stage) => {
  const other = await stage.channel('other');
  const bot = await stage.enter();
  await limit(stage, { global: true, scope: 'global' });
  const told = expect(bot.rest, 'rateLimited');
  const first = bot.channels.cache.get(stage.general).send('first');
  same((await told)[0].global, true);
  await bot.channels.cache.get(other).send('second');
  await bot.users.fetch(stage.mia, { force: true });
  await first;
  const entries = await stage.requests();
  same(refusals(entries), 1);
  holds(waitedMs(entries) >= RETRY_AFTER_MS, `it waited ${waitedMs(entries)} ms`);
});

scenario(
  'the limits that the headers tell are kept without being refused',
  async (stage) => {
    const bot = await stage.enter();
    const channel = bot.channels.cache.get(stage.general);
    for (let number = 0; number < 8; number += 1) await channel.send(`number ${number}`);
    const entries = await stage.requests('POST', MESSAGES);
    same([...new Set(entries.map(({ status }) => status))], [200]);
    const tookMs = (entries[5].at_us - entries[0].at_us) / 1_000;
    holds(tookMs >= 4_900, `the sixth message went out after ${tookMs} ms`);
  },
  15_000,
);

scenario("a server's failure is tried again, and a lasting one becomes the library's own error", async (stage) => {
  const bot = await stage.enter();
  const fault = { method: 'GET', route: '/users', kind: 'status', status: 502 };
  await control('rest/fault', { times: 1, ...fault });
  same((await bot.users.fetch(stage.mia, { force: true })).username, 'mia');
  const entries = await stage.requests('GET', '/users/{user_id}');
  same(entries.map(({ status }) => status), [502, 200]);
  await control('rest/fault', { times: 4, ...fault });
  const error = await bot.users.fetch(stage.mia, { force: true }).catch((error) => error);
  same([error.name, error.status], ['HTTPError', 502]);
  await control('rest/fault', { times: 1, ...fault, kind: 'html', status: 400 });
  const html = await bot.users.fetch(stage.mia, { force: true }).catch((error) => error);
  holds(html instanceof Error, 'a page of HTML was taken for a user');
});
