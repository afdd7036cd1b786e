# What the application itself says; each context brings its own words.
app-only-in-a-server = That works in a server only. Use the command in one of its channels.
app-too-fast = You are faster than I can follow: at most 40 commands in ten seconds. Wait a moment, then try again.
app-not-permitted = You may not use that here. Ask someone who manages this server.
app-unknown = I do not know that any more. It may belong to an older version: use the command again.
app-unavailable = My database does not answer right now, so nothing was done. Try again in a minute. ({ $id })
app-broken = Something of mine broke, and nothing was done. If it happens again, tell the operator this id: { $id }
app-interrupted = I was interrupted before I could answer. Use the command again. ({ $id })
app-busy = Too much is going on at once, and nothing was done. Try again in a moment.
store-unavailable = My database does not answer right now, so nothing was done. Try again in a minute.
fault-internal = Something of mine broke, and nothing was done.
app-config-wrong = The settings are wrong at `{ $pointer }`: { $reason }
app-config-refused = The setting `{ $pointer }` is not allowed: { $reason } ({ $stands })
app-key-reused = This `Idempotency-Key` was used for something else. Send another key with it.
app-no-such-memory = There is no memory { $id }.
app-no-such-rule = There is no rule `{ $id }`.
app-messages-unread = I could not read the latest messages here, so I took none away. Check that I may view this channel and read its message history, then try again.
