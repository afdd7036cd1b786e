-- What is known. user_id: whom a member's fact is about, or who taught the guild's. scope: 'guild' was learnt where
-- everyone may read, 'channel' only there. phrase: what a newer fact contradicts this one by.
CREATE TABLE memory_facts (
    id BIGINT NOT NULL PRIMARY KEY,
    guild BIGINT NOT NULL,
    subject TEXT NOT NULL CHECK (subject IN ('member', 'guild')),
    user_id BIGINT NOT NULL,
    channel BIGINT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('guild', 'channel')),
    text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 400),
    phrase TEXT CHECK (length(phrase) <= 200),
    source BIGINT,
    origin TEXT NOT NULL CHECK (origin IN ('said', 'added')),
    confidence BIGINT NOT NULL CHECK (confidence BETWEEN 0 AND 1000),
    importance BIGINT NOT NULL CHECK (importance BETWEEN 1 AND 10),
    state TEXT NOT NULL CHECK (state IN ('live', 'superseded')),
    at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX memory_facts_of ON memory_facts (guild, user_id, subject, id);
CREATE INDEX memory_facts_guild ON memory_facts (guild, subject, id);
CREATE INDEX memory_facts_source ON memory_facts (guild, source) WHERE source IS NOT NULL;
CREATE INDEX memory_facts_expiry ON memory_facts (expires_at);

-- The words of the live facts, cut by us, each with whom it belongs to in front: so both engines find the same, and
-- no posting list is shared between guilds or members. `rowid` is the fact's id on both.
{{libsql}}CREATE VIRTUAL TABLE memory_search USING fts5(words, tokenize = 'ascii', detail = 'none');
{{libsql}}INSERT INTO memory_search (memory_search, rank) VALUES ('secure-delete', 1);
{{postgres}}CREATE TABLE memory_search (rowid BIGINT NOT NULL PRIMARY KEY, words TSVECTOR NOT NULL);
{{postgres}}CREATE INDEX memory_search_words ON memory_search USING GIN (words);

-- What was said. user_id: who said it, or the asker whom the bot answered.
CREATE TABLE memory_turns (
    guild BIGINT NOT NULL,
    message BIGINT NOT NULL,
    channel BIGINT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('guild', 'channel')),
    speaker TEXT NOT NULL CHECK (speaker IN ('member', 'bot')),
    user_id BIGINT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) <= 100),
    text TEXT NOT NULL CHECK (length(text) <= 2000),
    at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (guild, message)
) {{clustered}};

CREATE INDEX memory_turns_channel ON memory_turns (guild, channel, message);
CREATE INDEX memory_turns_member ON memory_turns (guild, user_id, message);
CREATE INDEX memory_turns_expiry ON memory_turns (expires_at);

-- What older turns of a channel came to; one a channel, each taking the place of the one before.
CREATE TABLE memory_summaries (
    guild BIGINT NOT NULL,
    channel BIGINT NOT NULL,
    through BIGINT NOT NULL,
    text TEXT NOT NULL CHECK (length(text) <= 4000),
    at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (guild, channel)
) {{clustered}};

CREATE INDEX memory_summaries_expiry ON memory_summaries (expires_at);

-- Whose words went into a summary, so that it goes when one of them is erased.
CREATE TABLE memory_contributors (
    guild BIGINT NOT NULL,
    channel BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (guild, channel, user_id)
) {{clustered}};

CREATE INDEX memory_contributors_of ON memory_contributors (guild, user_id);

-- Who wants nothing remembered; also the row that two lessons of one member queue at. User 0 stands for the guild.
CREATE TABLE memory_members (
    guild BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    silent BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (guild, user_id)
) {{clustered}};

-- What was taught by which event: the same one teaches once.
CREATE TABLE memory_lessons (
    guild BIGINT NOT NULL,
    cause TEXT NOT NULL CHECK (length(cause) <= 700),
    at BIGINT NOT NULL,
    PRIMARY KEY (guild, cause)
) {{clustered}};

CREATE INDEX memory_lessons_at ON memory_lessons (at);
