DROP INDEX economy_repairs_at;
