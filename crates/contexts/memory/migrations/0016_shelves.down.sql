DROP INDEX memory_facts_recent;
