DROP TABLE economy_guilds;
DROP TABLE economy_claims;
DROP TABLE economy_dailies;
DROP TABLE economy_rollups;
DROP TABLE economy_holds;
DROP TABLE economy_transfers;
DROP TABLE economy_accounts;
DROP TABLE economy_people;
