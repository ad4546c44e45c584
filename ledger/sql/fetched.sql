-- The billing periods that the ledger has of a subscription, or of a billing
-- account: $1 is its id, $2 whether amortized cost is meant.
SELECT s.x_BillingPeriod, s.BillingPeriodStart, s.BillingPeriodEnd, l.ref, coalesce(l.version, ''), coalesce(l.submitted, l.loaded_at)
FROM scopes s JOIN loads l ON l.load_id = s.load_id
WHERE s.state = 'current' AND (s.cost_type = 'amortized') = $2
  AND (lower(s.SubAccountId) = lower($1) OR lower(s.BillingAccountId) = lower($1))
ORDER BY s.BillingPeriodStart, l.load_id;
