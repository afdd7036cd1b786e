DROP TABLE economy_flow_marks;
DROP TABLE economy_totals;
DROP TABLE economy_flows;
