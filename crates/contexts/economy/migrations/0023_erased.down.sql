DROP TABLE economy_erased;
