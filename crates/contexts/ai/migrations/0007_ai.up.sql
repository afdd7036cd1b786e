-- What asking models costs. payer 0 stands for the guild as a whole.
-- state: 0 open, 1 settled, 2 released. floor_micros is counted where an open one is released: the request was
-- probably read.
CREATE TABLE ai_reservations (
    id BIGINT NOT NULL PRIMARY KEY,
    guild BIGINT NOT NULL,
    cause TEXT NOT NULL CHECK (length(cause) BETWEEN 3 AND 700),
    purpose TEXT NOT NULL CHECK (length(purpose) BETWEEN 1 AND 40),
    payer BIGINT NOT NULL,
    model TEXT NOT NULL CHECK (length(model) <= 200),
    day BIGINT NOT NULL,
    state BIGINT NOT NULL CHECK (state BETWEEN 0 AND 2),
    reserved_micros BIGINT NOT NULL CHECK (reserved_micros >= 0),
    floor_micros BIGINT NOT NULL CHECK (floor_micros BETWEEN 0 AND reserved_micros),
    spent_micros BIGINT NOT NULL CHECK (spent_micros BETWEEN 0 AND reserved_micros),
    input_tokens BIGINT NOT NULL CHECK (input_tokens >= 0),
    output_tokens BIGINT NOT NULL CHECK (output_tokens >= 0),
    at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    UNIQUE (guild, cause, purpose)
) {{clustered}};

CREATE INDEX ai_reservations_expiry ON ai_reservations (expires_at) WHERE state = 0;
CREATE INDEX ai_reservations_at ON ai_reservations (at);
CREATE INDEX ai_reservations_payer ON ai_reservations (guild, payer, at);

CREATE TABLE ai_spend (
    guild BIGINT NOT NULL,
    payer BIGINT NOT NULL,
    day BIGINT NOT NULL,
    reserved_micros BIGINT NOT NULL CHECK (reserved_micros >= 0),
    spent_micros BIGINT NOT NULL CHECK (spent_micros >= 0),
    requests BIGINT NOT NULL CHECK (requests >= 0),
    input_tokens BIGINT NOT NULL CHECK (input_tokens >= 0),
    output_tokens BIGINT NOT NULL CHECK (output_tokens >= 0),
    PRIMARY KEY (guild, payer, day)
) {{clustered}};

CREATE INDEX ai_spend_day ON ai_spend (day);
