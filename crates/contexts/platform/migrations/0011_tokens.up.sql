-- digest: of the token, which is kept nowhere. scopes: with spaces between them.
CREATE TABLE platform_tokens (
    digest {{blob}} NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    id BIGINT NOT NULL UNIQUE,
    guild BIGINT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    scopes TEXT NOT NULL CHECK (length(scopes) BETWEEN 1 AND 500),
    made_by TEXT NOT NULL CHECK (length(made_by) BETWEEN 1 AND 100),
    made_at BIGINT NOT NULL,
    used_at BIGINT,
    UNIQUE (guild, name)
) {{clustered}};
