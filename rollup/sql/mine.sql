-- The charges of $owner: texts, and the days on which they are the owner's.
CREATE OR REPLACE TEMP TABLE mine AS SELECT key_id, first_day, end_day FROM owned WHERE owner = $owner;
