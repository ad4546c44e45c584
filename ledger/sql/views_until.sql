-- Stands before the ledger's charges, on one connection: what was charged from {end} on is left out.
CREATE OR REPLACE TEMP VIEW charges AS FROM {ledger}.main.charges WHERE ChargePeriodStart < {end};
