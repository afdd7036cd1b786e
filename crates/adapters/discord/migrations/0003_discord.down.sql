DROP TABLE discord_registrations;
DROP TABLE discord_identifies;
DROP TABLE discord_sessions;
