DROP TABLE economy_repairs;
DROP TABLE economy_rounds;
