-- What the charges of load $load are, in numbers.
SELECT count(*), count(DISTINCT k.ServiceName), count(DISTINCT k.ResourceId), count(DISTINCT k.SkuMeter),
       count(*) FILTER (k.Tags IS NOT NULL), count(*) FILTER (map_contains(k.Tags, 'x_Unreadable')),
       count(*) FILTER (k.ServiceCategory IS NOT NULL),
       count(*) FILTER (k.CommitmentDiscountStatus = 'Used'), count(*) FILTER (k.CommitmentDiscountStatus = 'Unused'),
       count(*) FILTER (k.ChargeCategory = 'Purchase' AND k.PricingCategory = 'Committed'),
       count(*) FILTER (k.ChargeCategory = 'Usage' AND c.ListUnitPrice IS NULL)
FROM charges c JOIN keys k ON k.key_id = c.key_id
WHERE c.load_id = $load;
