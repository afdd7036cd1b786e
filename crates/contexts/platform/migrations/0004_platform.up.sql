-- The row that every change of a configuration takes first: so marks rise in the order of the commits, and whoever
-- asks for what is newer than a mark misses nothing.
CREATE TABLE platform_marks (
    name TEXT NOT NULL PRIMARY KEY CHECK (length(name) <= 32),
    mark BIGINT NOT NULL
) {{clustered}};

INSERT INTO platform_marks (name, mark) VALUES ('config', 0);

-- Each content of a guild's document once, named by the revision it first stood in: a rollback copies no text.
CREATE TABLE platform_documents (
    guild BIGINT NOT NULL,
    document BIGINT NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    content {{json}} NOT NULL CHECK (length(content) <= 524288),
    PRIMARY KEY (guild, document),
    UNIQUE (guild, digest)
);

-- Rows are only ever added. restores: the revision whose content a rollback brought back.
CREATE TABLE platform_revisions (
    guild BIGINT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision >= 1),
    document BIGINT NOT NULL,
    mark BIGINT NOT NULL,
    author TEXT NOT NULL CHECK (length(author) BETWEEN 1 AND 200),
    at BIGINT NOT NULL,
    note TEXT NOT NULL CHECK (length(note) <= 300),
    cause TEXT NOT NULL CHECK (length(cause) BETWEEN 3 AND 700),
    restores BIGINT,
    PRIMARY KEY (guild, revision),
    UNIQUE (cause, guild)
) {{clustered}};

CREATE TABLE platform_heads (
    guild BIGINT NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL,
    document BIGINT NOT NULL,
    at BIGINT NOT NULL,
    mark BIGINT NOT NULL
) {{clustered}};

CREATE UNIQUE INDEX platform_heads_mark ON platform_heads (mark);

-- One row a rollback, so that a retry is told what the first run did.
CREATE TABLE platform_rollbacks (
    cause TEXT NOT NULL PRIMARY KEY CHECK (length(cause) BETWEEN 3 AND 700),
    asked TEXT NOT NULL CHECK (length(asked) = 64),
    author TEXT NOT NULL CHECK (length(author) BETWEEN 1 AND 200),
    at BIGINT NOT NULL,
    outcome {{json}} NOT NULL
) {{clustered}};

-- A data key for each owner of secrets (a guild, or 0 for the operator), wrapped by the master key `master`.
CREATE TABLE platform_keys (
    owner BIGINT NOT NULL PRIMARY KEY CHECK (owner >= 0),
    id BIGINT NOT NULL UNIQUE,
    master TEXT NOT NULL CHECK (length(master) = 16),
    nonce {{blob}} NOT NULL,
    wrapped {{blob}} NOT NULL,
    made_at BIGINT NOT NULL,
    wrapped_at BIGINT NOT NULL
) {{clustered}};

CREATE INDEX platform_keys_master ON platform_keys (master, owner);

-- id and key_id are sealed in with the text, as are owner and name: a row's text opens in that row alone.
CREATE TABLE platform_secrets (
    owner BIGINT NOT NULL CHECK (owner >= 0),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    id BIGINT NOT NULL UNIQUE,
    key_id BIGINT NOT NULL,
    nonce {{blob}} NOT NULL,
    sealed {{blob}} NOT NULL,
    at BIGINT NOT NULL,
    cause TEXT NOT NULL CHECK (length(cause) BETWEEN 3 AND 700),
    PRIMARY KEY (owner, name)
) {{clustered}};
