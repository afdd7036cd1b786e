-- The facts of a guild in the order in which they were kept.
CREATE INDEX memory_facts_recent ON memory_facts (guild, id);
