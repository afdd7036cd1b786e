DROP TABLE store_jobs;
DROP TABLE store_owed;
DROP TABLE store_handled;
