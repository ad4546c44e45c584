-- Whether a file's texts speak of commitments at all: most do not, and their charges
-- need not be looked through.
SELECT count(*) > 0 FROM load_keys WHERE of_commitment(PricingCategory, CommitmentDiscountStatus);
