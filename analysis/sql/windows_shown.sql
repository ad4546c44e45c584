-- The windows of the owner whose number the variable part has, of those of all owners.
DROP TABLE IF EXISTS temp.main.windows;
CREATE TEMP VIEW windows AS SELECT * EXCLUDE (part) FROM all_windows WHERE part = getvariable('part');
