// One line a scenario, and at the end `N passed, N failed, N skipped`.
// The end is the process's own: a library that keeps a timer after a failure must not keep the suite (see suite.mjs).

import { writeSync } from 'node:fs';
import { version } from 'discord.js';

let [passed, failed, skipped] = [0, 0, 0];

process.on('exit', () => {
  writeSync(1, `${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  if (failed > 0) process.exitCode = 1;
});

export default async function* lines(events) {
  for await (const { type, data } of events) {
    const name = `discord.js ${version}: ${data?.name}`;
    if (type === 'test:pass' && data.skip !== undefined) {
      skipped += 1;
      yield `SKIP: ${name}: ${data.skip}\n`;
    } else if (type === 'test:pass') {
      passed += 1;
      yield `ok: ${name} (${Math.round(data.details.duration_ms)} ms)\n`;
    } else if (type === 'test:fail') {
      failed += 1;
      const { error } = data.details;
      yield `FAIL: ${name} (${Math.round(data.details.duration_ms)} ms)\n${(error.cause ?? error).stack ?? error}\n`;
    }
  }
}
