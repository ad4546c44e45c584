-- What load $load holds of the billing period that begins on $start.
SELECT list(DISTINCT BillingAccountId || '|' || SubAccountId), sum(rows)::BIGINT, min(first_day), max(reach),
       max(BillingPeriodEnd), max(x_BillingPeriod), min(greatest(first_day + ahead, from_day + ahead))
FROM scopes WHERE load_id = $load AND BillingPeriodStart = $start AND state = 'current'
HAVING count(*) > 0;
