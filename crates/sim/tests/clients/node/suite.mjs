// Runs the scenarios one after the other against one simulator:
// node --test-reporter=./reporter.mjs suite.mjs ADDRESS

import './connecting.mjs';
import './messages.mjs';
import './asking.mjs';
import './answering.mjs';
import './moderating.mjs';
import './limits.mjs';

import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { control, same } from './stage.mjs';

// Departures from Discord's own description, but for those of the library itself, which `../allowed.json` explains.
test("every exchange keeps to Discord's own description", async (context) => {
  // The last one: what a library still waits for after this is no scenario's.
  context.after(() => setTimeout(() => process.exit(), 1_000).unref());
  const told = await control('log/violations');
  if (!told.checked) {
    context.skip('DISCORD_OPENAPI names no file');
    return;
  }
  const allowed = JSON.parse(await readFile(new URL('../allowed.json', import.meta.url), 'utf8'));
  const explained = (found) =>
    allowed.some((rule) =>
      Object.entries(rule).every(([key, part]) => key === 'reason' || found[key].includes(part)),
    );
  const lines = told.violations.filter((found) => !explained(found)).map((found) => JSON.stringify(found));
  same([...new Set(lines)].sort(), []);
});
