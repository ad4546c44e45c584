-- What load $load holds of the billing period that begins on $start.
SELECT list(DISTINCT BillingAccountId || '|' || SubAccountId), sum(rows)::BIGINT, min(first_day), max(reach),
       max(BillingPeriodEnd), max(x_BillingPeriod), min(CASE WHEN first_day IS NOT NULL THEN greatest(first_day, from_day) + ahead END)
FROM scopes WHERE load_id = $load AND BillingPeriodStart = $start AND state = 'current'
HAVING count(*) > 0;
