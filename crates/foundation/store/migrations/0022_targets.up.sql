-- What an effect changes for whoever comes after it, such as a member or a channel: effects on one target leave in the
-- order in which they were owed. Most effects, replies above all, have no target, and stand in no index for it.
ALTER TABLE store_owed ADD COLUMN target TEXT;
CREATE INDEX store_owed_target ON store_owed (target, id) WHERE target IS NOT NULL;
