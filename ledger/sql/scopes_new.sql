-- The accounts and billing periods of a load, from its keys (temporary table
-- load_keys) and days (load_days). $load is the load, $cost_type its cost type. Where
-- its manifest names the days that it spans, $from and $to are those; else NULL, and
-- they are those from its first charge to its last.
INSERT INTO scopes
WITH per_key AS (
    SELECT key_id, sum(rows) AS rows, min(day) AS first_day, max(day) AS reach, sum(billed) AS billed, sum(effective) AS effective
    FROM load_days
    GROUP BY key_id
), span AS (
    SELECT least(min(day), $from::DATE) AS from_day, greatest(max(day) + 1, $to::DATE) AS to_day FROM load_days
)
SELECT ($load << 32) + row_number() OVER (ORDER BY BillingPeriodStart, BillingAccountId, SubAccountId, BillingCurrency) AS scope_id,
       $load, $cost_type, BillingAccountId, max(BillingAccountName), SubAccountId, max(SubAccountName),
       x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, BillingCurrency,
       sum(p.rows)::BIGINT,
       min(first_day) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time'),
       max(reach) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time'),
       sum(billed), sum(effective), 'current', NULL, false,
       (SELECT ref FROM loads WHERE load_id = $load), (SELECT from_day FROM span), (SELECT to_day FROM span)
FROM load_keys k JOIN per_key p ON p.key_id = k.key_id
GROUP BY BillingAccountId, SubAccountId, x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, BillingCurrency;
