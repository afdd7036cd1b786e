DROP INDEX store_owed_target;
ALTER TABLE store_owed DROP COLUMN target;
