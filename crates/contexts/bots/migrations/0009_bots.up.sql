-- Every persona that a guild ever wrote down; at most one is deployed.
CREATE TABLE bots_versions (
    guild BIGINT NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 1),
    persona {{json}} NOT NULL,
    author TEXT NOT NULL CHECK (length(author) <= 100),
    note TEXT NOT NULL CHECK (length(note) <= 400),
    state TEXT NOT NULL CHECK (state IN ('draft', 'deployed', 'retired')),
    at BIGINT NOT NULL,
    deployed_at BIGINT,
    PRIMARY KEY (guild, number)
) {{clustered}};

CREATE UNIQUE INDEX bots_versions_deployed ON bots_versions (guild) WHERE state = 'deployed';

-- One row an answer. asked: the message or interaction that it answers, so that none is answered twice.
CREATE TABLE bots_answers (
    id BIGINT NOT NULL PRIMARY KEY,
    guild BIGINT NOT NULL,
    asked BIGINT NOT NULL,
    channel BIGINT NOT NULL,
    asker BIGINT NOT NULL,
    entry TEXT NOT NULL CHECK (length(entry) <= 100),
    version BIGINT NOT NULL,
    prompt TEXT NOT NULL CHECK (length(prompt) <= 100),
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'fallback', 'interrupted')),
    at BIGINT NOT NULL,
    UNIQUE (guild, asked)
) {{clustered}};

CREATE INDEX bots_answers_channel ON bots_answers (guild, channel, at);
CREATE INDEX bots_answers_asker ON bots_answers (guild, asker, id);
CREATE INDEX bots_answers_entry ON bots_answers (guild, entry);
CREATE INDEX bots_answers_state ON bots_answers (state, at);

-- The messages that an answer became.
CREATE TABLE bots_messages (
    guild BIGINT NOT NULL,
    message BIGINT NOT NULL,
    answer BIGINT NOT NULL,
    PRIMARY KEY (guild, message)
) {{clustered}};

CREATE INDEX bots_messages_answer ON bots_messages (answer);

-- One vote a member and answer: 1 up, -1 down.
CREATE TABLE bots_votes (
    answer BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    guild BIGINT NOT NULL,
    vote BIGINT NOT NULL CHECK (vote IN (-1, 1)),
    at BIGINT NOT NULL,
    PRIMARY KEY (answer, user_id)
) {{clustered}};

CREATE INDEX bots_votes_user ON bots_votes (guild, user_id);
