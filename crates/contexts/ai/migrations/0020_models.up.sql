-- What each model cost on each day, of all guilds together, so that nobody adds up a month of requests. A day's sum
-- stands in several rows, by the guild that asked: requests that end at once don't wait for one and the same row.
CREATE TABLE ai_models (
    day BIGINT NOT NULL,
    model TEXT NOT NULL CHECK (length(model) <= 200),
    shard BIGINT NOT NULL CHECK (shard BETWEEN 0 AND 15),
    spent_micros BIGINT NOT NULL CHECK (spent_micros >= 0),
    requests BIGINT NOT NULL CHECK (requests >= 0),
    input_tokens BIGINT NOT NULL CHECK (input_tokens >= 0),
    output_tokens BIGINT NOT NULL CHECK (output_tokens >= 0),
    PRIMARY KEY (day, model, shard)
) {{clustered}};

INSERT INTO ai_models (day, model, shard, spent_micros, requests, input_tokens, output_tokens)
SELECT day, model, guild % 16, CAST(SUM(spent_micros) AS BIGINT), COUNT(*), CAST(SUM(input_tokens) AS BIGINT),
       CAST(SUM(output_tokens) AS BIGINT)
FROM ai_reservations WHERE state <> 0 GROUP BY day, model, guild % 16;
