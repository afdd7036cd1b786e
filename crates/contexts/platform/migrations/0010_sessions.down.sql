DROP TABLE platform_sessions;
DROP TABLE platform_sign_ins;
