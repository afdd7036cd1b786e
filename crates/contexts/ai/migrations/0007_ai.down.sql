DROP TABLE ai_spend;
DROP TABLE ai_reservations;
