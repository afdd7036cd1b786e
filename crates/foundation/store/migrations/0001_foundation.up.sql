-- What was handled already: the same event delivered again has no second effect.
CREATE TABLE store_handled (
    event TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
) {{clustered}};
CREATE INDEX store_handled_at ON store_handled (at);

-- What is owed to the outside world because of a decision, until it is confirmed.
CREATE TABLE store_owed (
    id BIGINT NOT NULL PRIMARY KEY,
    event TEXT NOT NULL,
    guild BIGINT,
    effect {{json}} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('owed', 'undeliverable', 'dead')),
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    error TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX store_owed_due ON store_owed (state, due_at);

-- Work for later, done once for each key.
CREATE TABLE store_jobs (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    job_key TEXT NOT NULL UNIQUE,
    payload {{json}} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    error TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX store_jobs_due ON store_jobs (state, due_at);
