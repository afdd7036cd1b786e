-- How many decisions of a kind came to the same in each quarter of an hour, and how often each rule hit in each hour,
-- of a guild's chain up to the link `through`: so a page over a month reads slots, and no records.
CREATE TABLE audit_tallies (
    guild BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (length(kind) <= 40),
    outcome TEXT NOT NULL CHECK (length(outcome) <= 40),
    count BIGINT NOT NULL,
    PRIMARY KEY (guild, slot, kind, outcome)
) {{clustered}};

CREATE TABLE audit_hits (
    guild BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    rule TEXT NOT NULL CHECK (length(rule) <= 120),
    outcome TEXT NOT NULL CHECK (length(outcome) <= 40),
    count BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (guild, hour, rule, outcome)
) {{clustered}};

CREATE TABLE audit_tally_marks (
    guild BIGINT NOT NULL PRIMARY KEY,
    through BIGINT NOT NULL
) {{clustered}};
