-- Whether a removed message waits for a moderator, who gives it back or leaves it away.
ALTER TABLE moderation_held ADD COLUMN waits BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX moderation_held_waits ON moderation_held (guild, number) WHERE waits;
