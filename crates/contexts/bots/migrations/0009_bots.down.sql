DROP TABLE bots_votes;
DROP TABLE bots_messages;
DROP TABLE bots_answers;
DROP TABLE bots_versions;
