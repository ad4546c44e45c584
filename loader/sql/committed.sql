-- The loads whose texts speak of commitments at all: those of most do not, and their
-- charges need not be looked through.
SELECT DISTINCT load_id FROM load_keys WHERE of_commitment(PricingCategory, CommitmentDiscountStatus);
