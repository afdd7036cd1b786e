DROP TABLE platform_tokens;
