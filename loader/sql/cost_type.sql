-- What tells an actual from an amortized export: how many charges of load $load
-- spread a commitment over usage, and how many buy one.
SELECT count(*) FILTER (CommitmentDiscountStatus = 'Unused' OR CommitmentDiscountStatus = 'Used' AND EffectiveCost <> 0),
       count(*) FILTER (ChargeCategory = 'Purchase' AND PricingCategory = 'Committed' AND EffectiveCost <> 0)
FROM charges
JOIN (SELECT * FROM load_keys WHERE of_commitment(PricingCategory, CommitmentDiscountStatus)) USING (key_id)
WHERE charges.load_id = $load;
