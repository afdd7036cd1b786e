DROP TABLE memory_lessons;
DROP TABLE memory_members;
DROP TABLE memory_contributors;
DROP TABLE memory_summaries;
DROP TABLE memory_turns;
DROP TABLE memory_search;
DROP TABLE memory_facts;
