CREATE TABLE discord_sessions (
    application BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    shards BIGINT NOT NULL,
    session TEXT NOT NULL,
    resume_url TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (application, shard)
);
CREATE TABLE discord_identifies (
    application BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (application, at, bucket)
);
CREATE TABLE discord_registrations (
    application BIGINT PRIMARY KEY,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL
);
