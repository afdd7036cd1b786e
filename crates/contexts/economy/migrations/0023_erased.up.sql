-- Whoever had themselves erased, under a pseudonym that leads back to nobody without the key: so that neither the daily
-- nor what new members find is had twice, and a freeze is not shaken off.
CREATE TABLE economy_erased (
    guild BIGINT NOT NULL,
    pseudonym TEXT NOT NULL,
    last_day BIGINT,
    last_at BIGINT,
    last_zone TEXT,
    frozen BOOLEAN NOT NULL,
    forget_at BIGINT NOT NULL,
    PRIMARY KEY (guild, pseudonym)
) {{clustered}};
CREATE INDEX economy_erased_forget_at ON economy_erased (forget_at);
