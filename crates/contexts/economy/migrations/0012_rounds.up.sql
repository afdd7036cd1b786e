-- When the continuous check of the ledger first went round everything, and when it last did. One row.
CREATE TABLE economy_rounds (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL
) {{clustered}};

-- What the check last put right in a guild: nothing, where there is no row.
CREATE TABLE economy_repairs (
    guild BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    repaired BIGINT NOT NULL CHECK (repaired >= 0),
    contradictions BIGINT NOT NULL CHECK (contradictions >= 0)
) {{clustered}};
