-- The texts of all owners, under a name that no owner's stand before.
CREATE OR REPLACE TEMP VIEW all_keys AS FROM {ledger}.keys;
