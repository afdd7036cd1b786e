-- The last number given to a case of a guild.
CREATE TABLE moderation_counters (
    guild BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL CHECK (last >= 1)
) {{clustered}};

-- One row a case. `found` holds what rules found, as JSON; it is forgotten at `words_until`, or when its author is
-- erased. `parent` is the case whose points led to this one.
CREATE TABLE moderation_cases (
    guild BIGINT NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 1),
    cause TEXT NOT NULL CHECK (length(cause) BETWEEN 3 AND 700),
    kind TEXT NOT NULL CHECK (kind IN ('automod', 'warn', 'timeout', 'kick', 'ban', 'note')),
    state TEXT NOT NULL CHECK (state IN ('open', 'undone', 'expired')),
    user_id BIGINT NOT NULL,
    moderator BIGINT,
    opened_by TEXT NOT NULL CHECK (length(opened_by) BETWEEN 1 AND 200),
    rule_id TEXT CHECK (length(rule_id) <= 64),
    message_id BIGINT,
    channel_id BIGINT,
    reason TEXT NOT NULL CHECK (length(reason) <= 1000),
    at BIGINT NOT NULL,
    points BIGINT NOT NULL CHECK (points >= 0),
    until BIGINT,
    parent BIGINT,
    found {{json}},
    words_until BIGINT,
    undone_by TEXT CHECK (length(undone_by) <= 200),
    undone_at BIGINT,
    undo_reason TEXT CHECK (length(undo_reason) <= 1000),
    CHECK ((state = 'undone') = (undone_by IS NOT NULL)),
    PRIMARY KEY (guild, number),
    UNIQUE (guild, cause)
) {{clustered}};

CREATE INDEX moderation_cases_user ON moderation_cases (guild, user_id, number DESC);
CREATE INDEX moderation_cases_parent ON moderation_cases (guild, parent) WHERE parent IS NOT NULL;
CREATE INDEX moderation_cases_words ON moderation_cases (words_until) WHERE words_until IS NOT NULL;

CREATE TABLE moderation_notes (
    guild BIGINT NOT NULL,
    number BIGINT NOT NULL,
    id BIGINT NOT NULL,
    cause TEXT NOT NULL CHECK (length(cause) BETWEEN 3 AND 700),
    author TEXT NOT NULL CHECK (length(author) BETWEEN 1 AND 200),
    text TEXT NOT NULL CHECK (length(text) <= 1000),
    at BIGINT NOT NULL,
    PRIMARY KEY (guild, number, id),
    UNIQUE (guild, cause)
) {{clustered}};

-- Removed messages, so that they can be given back; their words go at `expires_at`.
CREATE TABLE moderation_held (
    guild BIGINT NOT NULL,
    number BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    text TEXT NOT NULL CHECK (length(text) <= 4000),
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (guild, number)
) {{clustered}};

CREATE INDEX moderation_held_expiry ON moderation_held (expires_at);
CREATE INDEX moderation_held_user ON moderation_held (guild, user_id);

-- Sanctions that hold, and until when; without an end they hold until they are lifted.
CREATE TABLE moderation_sanctions (
    id BIGINT NOT NULL PRIMARY KEY,
    guild BIGINT NOT NULL,
    number BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('timeout', 'ban')),
    ends_at BIGINT,
    state TEXT NOT NULL CHECK (state IN ('active', 'ended', 'lifted', 'replaced'))
) {{clustered}};

CREATE INDEX moderation_sanctions_due ON moderation_sanctions (ends_at) WHERE state = 'active' AND ends_at IS NOT NULL;
CREATE INDEX moderation_sanctions_user ON moderation_sanctions (guild, user_id, kind) WHERE state = 'active';
CREATE INDEX moderation_sanctions_case ON moderation_sanctions (guild, number);

CREATE TABLE moderation_switches (
    guild BIGINT NOT NULL PRIMARY KEY,
    is_on BOOLEAN NOT NULL,
    changed_by TEXT NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200),
    at BIGINT NOT NULL
) {{clustered}};

CREATE TABLE moderation_reports (
    guild BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    reporter BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (guild, message_id, reporter)
) {{clustered}};

CREATE INDEX moderation_reports_reporter ON moderation_reports (guild, reporter, at);
