DROP INDEX ai_reservations_day;
