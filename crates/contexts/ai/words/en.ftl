# Why there is no answer
ai-unavailable = I can't reach my model right now. Try again in a minute.
ai-resting = My model has failed several times in a row, so I leave it alone for a moment. Try again in a minute.
ai-rate-limited = My model is asked too much right now. Try again in a minute.
ai-refused = My model won't answer that. Somebody who may manage the server can look up the reason in the audit.
ai-cut = My model stopped in the middle of its answer. Ask again to get a whole one.
ai-nonsense = My model's answer made no sense, so I dropped it. Try again.
ai-too-long = That is too much text for my model. Send less at once.
ai-timeout = My model took too long. Try again, or ask something shorter.
ai-exhausted-guild = This server has used up today's budget for answers. There is a new one at <t:{ $resets }:t>.
ai-exhausted-member = You have used up your share of today's budget for answers. There is a new one at <t:{ $resets }:t>.
ai-off-own = This server's own model can't be asked: somebody who may manage the server should check the settings, under ai.
