-- What a guild asked of models on some days, found without a look at all that it ever asked.
CREATE INDEX ai_reservations_day ON ai_reservations (guild, day);
