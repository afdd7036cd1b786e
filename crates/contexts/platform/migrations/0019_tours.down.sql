DROP TABLE platform_tours;
