-- All charges, on all days, as mine has those of one owner.
CREATE OR REPLACE TEMP TABLE mine AS SELECT key_id, DATE '1900-01-01' AS first_day, DATE '9999-01-01' AS end_day FROM current_keys;
