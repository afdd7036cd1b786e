DROP TABLE platform_secrets;
DROP TABLE platform_keys;
DROP TABLE platform_rollbacks;
DROP TABLE platform_heads;
DROP TABLE platform_revisions;
DROP TABLE platform_documents;
DROP TABLE platform_marks;
