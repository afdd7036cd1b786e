"""Runs the scenarios one after the other against one simulator: `suite.py ADDRESS [WORD]`, WORD being part of a name.

Prints a line each, and at the end `N passed, N failed, N skipped`; ends with 1 where one failed.
"""

import asyncio
import json
import logging
import os
import sys
import time
import traceback

import stage

import connecting  # noqa: F401  (its scenarios register themselves)
import messages  # noqa: F401
import answering  # noqa: F401
import asking  # noqa: F401
import moderating  # noqa: F401
import limits  # noqa: F401

COMPRESSION = stage.discord.utils._ActiveDecompressionContext.COMPRESSION_TYPE
NAME = f"discord.py {stage.discord.__version__}, {COMPRESSION}"


async def play(control, api, run, within_s):
    """One scenario; returns what went wrong, or None."""
    scene = stage.Stage(control, api)
    try:
        await asyncio.wait_for(scene.play(run), within_s)
    except Exception:
        return traceback.format_exc()
    finally:
        await scene.leave()
        await control("rest/calm")
    return None


async def violations(control):
    """Departures from Discord's own description that `../allowed.json` does not explain; None where nothing was checked."""
    told = await control("log/violations")
    if not told["checked"]:
        return None
    with open(os.path.join(os.path.dirname(__file__), "..", "allowed.json"), encoding="utf-8") as file:
        allowed = json.load(file)
    explained = lambda found: any(  # noqa: E731
        all(part in found[key] for key, part in rule.items() if key != "reason") for rule in allowed
    )
    return [found for found in told["violations"] if not explained(found)]


async def main():
    address, word = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else "")
    logging.getLogger("discord").addHandler(logging.NullHandler())
    api = f"{address}/api"
    stage.point_at(api, address.replace("http", "ws", 1) + "/gateway")
    passed, failed, skipped = 0, 0, 0
    async with stage.open_session() as session:
        control = stage.Control(session, f"{address}/control")
        for sentence, within_s, run in stage.SCENARIOS:
            if word not in sentence:
                continue
            began = time.monotonic()
            wrong = await play(control, api, run, within_s)
            took_ms = round((time.monotonic() - began) * 1000)
            print(f"{'FAIL' if wrong else 'ok'}: {NAME}: {sentence} ({took_ms} ms)", flush=True)
            if wrong:
                print(wrong, flush=True)
            passed, failed = passed + (not wrong), failed + bool(wrong)
        found = await violations(control)
    sentence = f"{NAME}: every exchange keeps to Discord's own description"
    if found is None:
        print(f"SKIP: {sentence}: DISCORD_OPENAPI names no file")
        skipped += 1
    elif found:
        print(f"FAIL: {sentence}")
        for line in sorted({json.dumps(one, sort_keys=True) for one in found}):
            print(line)
        failed += 1
    else:
        print(f"ok: {sentence}")
        passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
