-- What flowed between two sorts of accounts in each slot, and what each sort comes to, of the journal up to `through`:
-- so a page over a month reads slots, and no rows of the journal. Members' accounts and escrows are one sort each.
CREATE TABLE economy_flows (
    guild BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    from_kind BIGINT NOT NULL CHECK (from_kind BETWEEN 1 AND 7),
    from_name TEXT NOT NULL CHECK (length(from_name) <= 64),
    to_kind BIGINT NOT NULL CHECK (to_kind BETWEEN 1 AND 7),
    to_name TEXT NOT NULL CHECK (length(to_name) <= 64),
    coins BIGINT NOT NULL,
    transfers BIGINT NOT NULL,
    PRIMARY KEY (guild, slot, from_kind, from_name, to_kind, to_name)
) {{clustered}};

CREATE TABLE economy_totals (
    guild BIGINT NOT NULL,
    kind BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 7),
    name TEXT NOT NULL CHECK (length(name) <= 64),
    coins BIGINT NOT NULL,
    PRIMARY KEY (guild, kind, name)
) {{clustered}};

-- Apart from economy_watermarks, which a version that knows no flows moves on by itself.
CREATE TABLE economy_flow_marks (
    guild BIGINT NOT NULL PRIMARY KEY,
    through BIGINT NOT NULL
) {{clustered}};
