-- Who was shown around the dashboard, or would rather not be.
CREATE TABLE platform_tours (
    user_id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
) {{clustered}};
