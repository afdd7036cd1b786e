DROP TABLE ai_models;
