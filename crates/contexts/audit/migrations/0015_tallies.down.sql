DROP TABLE audit_tally_marks;
DROP TABLE audit_hits;
DROP TABLE audit_tallies;
