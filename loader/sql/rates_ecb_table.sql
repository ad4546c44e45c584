-- The rates of a file of the European Central Bank, on their way into the table rates.
CREATE OR REPLACE TEMP TABLE ecb_rates (date DATE, currency VARCHAR, rate VARCHAR);
