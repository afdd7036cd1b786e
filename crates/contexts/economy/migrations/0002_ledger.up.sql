-- Accounts are named by whole numbers; a person's number is the number of their purse. Dropping the row in
-- economy_people forgets who that is, and leaves the books balanced.
CREATE TABLE economy_people (
    guild BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    person BIGINT NOT NULL,
    PRIMARY KEY (guild, user_id),
    UNIQUE (person)
) {{clustered}};

-- kind: 1 purse, 2 bank, 3 treasury, 4 escrow, 5 debt, 6 faucet, 7 sink.
-- Faucets and sinks hold no balance here: every daily claim of a guild would wait for that one row.
-- last: the place of the last transfer that moved its coins, where the account's way through the journal begins.
CREATE TABLE economy_accounts (
    id BIGINT NOT NULL PRIMARY KEY,
    guild BIGINT NOT NULL,
    kind BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 7),
    owner BIGINT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) <= 64),
    balance BIGINT CHECK (balance BETWEEN -9007199254740991 AND 9007199254740991),
    held BIGINT NOT NULL CHECK (held BETWEEN 0 AND 9007199254740991),
    version BIGINT NOT NULL,
    frozen BOOLEAN NOT NULL,
    listed BOOLEAN NOT NULL,
    last BIGINT NOT NULL,
    CHECK ((kind IN (6, 7)) = (balance IS NULL)),
    CHECK (kind = 5 OR balance IS NULL OR balance >= held),
    CHECK (kind <> 5 OR (balance <= 0 AND held = 0)),
    UNIQUE (guild, kind, owner, name)
) {{clustered}};

-- It holds `listed` as well, so that the last page of a board is found without a look at any account.
CREATE INDEX economy_accounts_rank ON economy_accounts (guild, balance DESC, id, listed) WHERE listed AND balance > 0;

-- The journal. Rows are only ever added. phase: 0 transfer, 1 reserve, 2 post, 3 void, 4 expire; coins move in 0 and 2.
-- debit_prev and credit_prev are the places of the transfers before that moved coins of the same account: each account
-- is a chain, read from its newest end. An index by account instead would touch two scattered pages for each payment,
-- which measured ten times the bytes written.
CREATE TABLE economy_transfers (
    guild BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    id TEXT NOT NULL CHECK (length(id) BETWEEN 3 AND 700),
    phase BIGINT NOT NULL CHECK (phase BETWEEN 0 AND 4),
    debit BIGINT NOT NULL,
    credit BIGINT NOT NULL,
    debit_prev BIGINT NOT NULL,
    credit_prev BIGINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
    kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
    reason TEXT NOT NULL CHECK (length(reason) <= 400),
    at BIGINT NOT NULL,
    reverses BIGINT,
    resolves BIGINT,
    linked BIGINT,
    expires_at BIGINT,
    CHECK (debit <> credit),
    CHECK ((phase IN (2, 3, 4)) = (resolves IS NOT NULL)),
    CHECK ((phase = 1) = (expires_at IS NOT NULL)),
    PRIMARY KEY (guild, seq),
    UNIQUE (guild, id)
) {{clustered}};

CREATE UNIQUE INDEX economy_transfers_reverses ON economy_transfers (guild, reverses) WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX economy_transfers_resolves ON economy_transfers (guild, resolves) WHERE resolves IS NOT NULL;
CREATE INDEX economy_transfers_linked ON economy_transfers (guild, linked) WHERE linked IS NOT NULL;

-- Reserved coins that were neither posted nor given back yet; derived from the journal, like every balance.
CREATE TABLE economy_holds (
    guild BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    account BIGINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (guild, pending)
) {{clustered}};

CREATE INDEX economy_holds_expiry ON economy_holds (expires_at);
CREATE INDEX economy_holds_account ON economy_holds (account);

-- What the journal says of each account, summed up to and with the transfer `through` of its guild.
CREATE TABLE economy_sums (
    account BIGINT NOT NULL PRIMARY KEY,
    guild BIGINT NOT NULL,
    balance BIGINT NOT NULL,
    held BIGINT NOT NULL
) {{clustered}};

CREATE TABLE economy_watermarks (
    guild BIGINT NOT NULL PRIMARY KEY,
    through BIGINT NOT NULL
) {{clustered}};

-- A member's zone and the last claim. Days are numbered from 1970-01-01 in the member's own calendar.
CREATE TABLE economy_dailies (
    person BIGINT NOT NULL PRIMARY KEY,
    guild BIGINT NOT NULL,
    zone TEXT CHECK (length(zone) <= 64),
    last_day BIGINT,
    last_at BIGINT,
    last_zone TEXT CHECK (length(last_zone) <= 64),
    streak BIGINT NOT NULL CHECK (streak >= 0),
    lapses_at BIGINT NOT NULL
) {{clustered}};

CREATE INDEX economy_dailies_rank ON economy_dailies (guild, streak DESC, person, lapses_at) WHERE streak > 0;

-- One row a claim: the key is what makes a second one on the same day impossible.
CREATE TABLE economy_claims (
    person BIGINT NOT NULL,
    day BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    streak BIGINT NOT NULL CHECK (streak >= 1),
    PRIMARY KEY (person, day)
) {{clustered}};

-- Guilds whose economy was ever frozen.
CREATE TABLE economy_guilds (
    guild BIGINT NOT NULL PRIMARY KEY,
    frozen BOOLEAN NOT NULL,
    reason TEXT NOT NULL CHECK (length(reason) <= 400),
    at BIGINT NOT NULL
) {{clustered}};
