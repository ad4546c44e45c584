-- The billing periods that the ledger has of a subscription, or of a billing
-- account: $account is its id, $amortized whether amortized cost is meant.
SELECT s.x_BillingPeriod, s.BillingPeriodStart, s.BillingPeriodEnd, l.ref, coalesce(l.version, ''), coalesce(l.submitted, l.loaded_at)
FROM scopes s JOIN loads l ON l.load_id = s.load_id
WHERE s.state = 'current' AND (s.cost_type = 'amortized') = $amortized
  AND (lower(s.SubAccountId) = lower($account) OR lower(s.BillingAccountId) = lower($account))
ORDER BY s.BillingPeriodStart, l.load_id;
