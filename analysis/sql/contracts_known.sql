-- Whether a file of contract commitments was loaded.
SELECT EXISTS (FROM contract_commitments);
