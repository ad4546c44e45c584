-- The texts of all owners with the tags that a file gives, under a name that no owner's stand
-- before.
CREATE OR REPLACE TEMP TABLE given_keys AS FROM keys;
DROP TABLE temp.main.keys;
CREATE OR REPLACE TEMP VIEW all_keys AS FROM given_keys;
