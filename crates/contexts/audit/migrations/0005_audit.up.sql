-- A person's number is a salted digest of who it is. Dropping the row forgets who that was; the records that hold the
-- number stay as they are.
CREATE TABLE audit_people (
    guild BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    person BIGINT NOT NULL,
    salt {{blob}} NOT NULL,
    PRIMARY KEY (guild, user_id),
    UNIQUE (person)
) {{clustered}};

-- What was decided, and how what was pending ended. Rows are only ever added. part: 1 decision, 2 conclusion; entry is
-- the id of the decision. texts holds a salted digest of each text, never a text; confidence is in millionths.
CREATE TABLE audit_records (
    id BIGINT NOT NULL PRIMARY KEY,
    guild BIGINT NOT NULL,
    part BIGINT NOT NULL CHECK (part IN (1, 2)),
    entry BIGINT NOT NULL,
    cause TEXT NOT NULL CHECK (length(cause) BETWEEN 3 AND 120),
    action TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 40),
    ordinal BIGINT NOT NULL CHECK (ordinal >= 0),
    at BIGINT NOT NULL,
    actor TEXT NOT NULL CHECK (actor IN ('member', 'token', 'system')),
    actor_name TEXT CHECK (length(actor_name) <= 120),
    actor_person BIGINT,
    kind TEXT NOT NULL CHECK (kind IN ('moderation', 'ai', 'config', 'human', 'access', 'money')),
    outcome TEXT NOT NULL CHECK (outcome IN ('executed', 'suppressed', 'error', 'pending')),
    trigger_kind TEXT,
    trigger_person BIGINT,
    trigger_channel BIGINT,
    trigger_message BIGINT,
    subject BIGINT,
    rules {{json}} NOT NULL,
    rule TEXT CHECK (length(rule) <= 120),
    confidence BIGINT CHECK (confidence BETWEEN 0 AND 1000000),
    model TEXT CHECK (length(model) <= 120),
    prompt_version TEXT CHECK (length(prompt_version) <= 120),
    config_revision BIGINT,
    currency TEXT CHECK (length(currency) <= 10),
    micros BIGINT CHECK (micros >= 0),
    effects {{json}} NOT NULL,
    case_number BIGINT,
    texts {{blob}} NOT NULL,
    digest {{blob}} NOT NULL,
    CHECK ((part = 1) = (id = entry)),
    CHECK (part = 1 OR outcome <> 'pending'),
    CHECK ((currency IS NULL) = (micros IS NULL)),
    UNIQUE (entry, part)
) {{clustered}};

CREATE UNIQUE INDEX audit_records_cause ON audit_records (guild, cause, action, ordinal) WHERE part = 1;
CREATE INDEX audit_records_recent ON audit_records (guild, at, id) WHERE part = 1;
CREATE INDEX audit_records_kind ON audit_records (guild, kind, at, id) WHERE part = 1;
CREATE INDEX audit_records_subject ON audit_records (guild, subject, at, id) WHERE part = 1 AND subject IS NOT NULL;
CREATE INDEX audit_records_trigger ON audit_records (guild, trigger_person, at, id)
    WHERE part = 1 AND trigger_person IS NOT NULL;
CREATE INDEX audit_records_message ON audit_records (guild, trigger_message)
    WHERE part = 1 AND trigger_message IS NOT NULL;
CREATE INDEX audit_records_case ON audit_records (guild, case_number, entry) WHERE case_number IS NOT NULL;
CREATE INDEX audit_records_walk ON audit_records (guild, id);

-- Decisions that wait for their conclusion, so that what is left open can be found without a look at the others.
CREATE TABLE audit_open (
    entry BIGINT NOT NULL PRIMARY KEY,
    guild BIGINT NOT NULL,
    at BIGINT NOT NULL
) {{clustered}};

CREATE INDEX audit_open_age ON audit_open (at, entry);

-- What people and models wrote, apart from the records: dropping a row drops the words and the salt of their digest.
-- field: 1 content, 2 history, 3 memory, 4 reasoning, 5 matched, 6 answer, 7 names of rules.
CREATE TABLE audit_texts (
    entry BIGINT NOT NULL,
    part BIGINT NOT NULL,
    field BIGINT NOT NULL CHECK (field BETWEEN 1 AND 7),
    place BIGINT NOT NULL,
    guild BIGINT NOT NULL,
    owner BIGINT,
    label TEXT NOT NULL CHECK (length(label) <= 120),
    salt {{blob}} NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (entry, part, field, place)
) {{clustered}};

CREATE INDEX audit_texts_owner ON audit_texts (guild, owner) WHERE owner IS NOT NULL;
CREATE INDEX audit_texts_age ON audit_texts (guild, at) WHERE field <> 7;

-- What came of each effect. Which effects a decision has stands in its record; this is how they went.
CREATE TABLE audit_effects (
    owed BIGINT NOT NULL PRIMARY KEY,
    guild BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
    error TEXT CHECK (length(error) <= 300),
    at BIGINT NOT NULL
) {{clustered}};

CREATE INDEX audit_effects_entry ON audit_effects (entry);

-- Messages that the bot wrote because of a decision, so that one can ask about the answer as well as the question.
CREATE TABLE audit_messages (
    guild BIGINT NOT NULL,
    message BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (guild, message, entry)
) {{clustered}};

-- Records that no chain holds yet, in the order in which they were added.
CREATE TABLE audit_unsealed (
    place {{id}},
    guild BIGINT NOT NULL,
    record BIGINT NOT NULL UNIQUE
);

-- The chain of each guild. Rows are only ever added.
CREATE TABLE audit_links (
    guild BIGINT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq >= 1),
    record BIGINT NOT NULL UNIQUE,
    prev_hash {{blob}} NOT NULL,
    hash {{blob}} NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (guild, seq)
) {{clustered}};

-- Where each chain ends, and how far it is signed.
CREATE TABLE audit_heads (
    guild BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash {{blob}} NOT NULL,
    signed BIGINT NOT NULL CHECK (signed <= seq)
) {{clustered}};

CREATE INDEX audit_heads_unsigned ON audit_heads (guild) WHERE signed < seq;

-- Signed heads. Rows are only ever added, and are written out elsewhere in the order of their places.
CREATE TABLE audit_signatures (
    place {{id}},
    guild BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    hash {{blob}} NOT NULL,
    at BIGINT NOT NULL,
    signer {{blob}} NOT NULL,
    signature {{blob}} NOT NULL,
    UNIQUE (guild, seq)
);
