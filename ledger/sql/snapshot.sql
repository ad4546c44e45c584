-- What load $1 holds of the billing period that begins on $2.
SELECT list(DISTINCT BillingAccountId || '|' || SubAccountId), sum(rows)::BIGINT, min(first_day), max(reach),
       sum(EffectiveCost), max(BillingPeriodEnd), max(x_BillingPeriod)
FROM scopes WHERE load_id = $1 AND BillingPeriodStart = $2 AND state = 'current'
HAVING count(*) > 0;
