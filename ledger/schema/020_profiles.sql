-- The billing profile that is invoiced for a charge, where a billing account has several: what two of them have of a day is not the same.
ALTER TABLE keys ADD COLUMN billing_profile VARCHAR;

UPDATE meta SET value = '20' WHERE name = 'schema';
