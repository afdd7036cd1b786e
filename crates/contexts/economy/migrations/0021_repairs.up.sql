-- What the check put right last, found without a look at all guilds that it ever put right.
CREATE INDEX economy_repairs_at ON economy_repairs (at);
