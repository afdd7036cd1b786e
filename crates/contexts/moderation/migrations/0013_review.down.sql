DROP INDEX moderation_held_waits;
ALTER TABLE moderation_held DROP COLUMN waits;
