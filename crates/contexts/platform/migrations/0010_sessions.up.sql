-- ticket: the digest of what the browser holds. A row lets nobody finish the sign-in.
CREATE TABLE platform_sign_ins (
    ticket {{blob}} NOT NULL PRIMARY KEY CHECK (length(ticket) = 32),
    return_to TEXT NOT NULL CHECK (length(return_to) BETWEEN 1 AND 500),
    ends_at BIGINT NOT NULL
) {{clustered}};

CREATE INDEX platform_sign_ins_ends ON platform_sign_ins (ends_at);

-- ticket: the digest of what the browser holds. guilds: ids with spaces between them, as they were at the sign-in.
CREATE TABLE platform_sessions (
    ticket {{blob}} NOT NULL PRIMARY KEY CHECK (length(ticket) = 32),
    id BIGINT NOT NULL UNIQUE,
    user_id BIGINT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) <= 100),
    guilds TEXT NOT NULL CHECK (length(guilds) <= 4096),
    agent TEXT NOT NULL CHECK (length(agent) <= 200),
    began_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
) {{clustered}};

CREATE INDEX platform_sessions_user ON platform_sessions (user_id, seen_at);
CREATE INDEX platform_sessions_seen ON platform_sessions (seen_at);
CREATE INDEX platform_sessions_began ON platform_sessions (began_at);
