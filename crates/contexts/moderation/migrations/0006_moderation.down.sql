DROP TABLE moderation_reports;
DROP TABLE moderation_switches;
DROP TABLE moderation_sanctions;
DROP TABLE moderation_held;
DROP TABLE moderation_notes;
DROP TABLE moderation_cases;
DROP TABLE moderation_counters;
