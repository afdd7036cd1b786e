-- How evenly a guild's coins were spread at a moment: so a page shows it, and goes through no purses. `shares` is a list
-- of what the poorest 0, 5 … 100 % had together; shares and `gini` count ten-thousandths. `through` is the place of the
-- journal that had been summed up by then.
CREATE TABLE economy_spreads (
    guild BIGINT NOT NULL PRIMARY KEY,
    through BIGINT NOT NULL,
    at BIGINT NOT NULL,
    holders BIGINT NOT NULL CHECK (holders >= 0),
    coins BIGINT NOT NULL CHECK (coins >= 0),
    gini BIGINT NOT NULL CHECK (gini BETWEEN 0 AND 10000),
    shares {{json}} NOT NULL CHECK (length(shares) <= 400)
) {{clustered}};
