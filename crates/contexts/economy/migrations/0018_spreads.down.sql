DROP TABLE economy_spreads;
