-- The costs for statistics, of what is billed in another currency: each day's at the newest
-- rate, so that no rate looks like a price. Sums and pages take the exact ones.
UPDATE {sums} SET cost = {sums}.cost * r.ratio
FROM series s JOIN steady_rates r ON r.BillingAccountId = s.BillingAccountId AND r.SubAccountId = s.SubAccountId
WHERE s.series_id = {sums}.series_id AND r.day = {sums}.day;
