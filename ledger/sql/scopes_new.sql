-- The accounts and billing periods of the loads $first to $last, from their keys
-- (temporary table load_keys) and days (load_days). Where a load's manifest names the
-- days that it spans (load_spans), they are those; else those from its first charge to
-- its last. An account that used nothing is of the place of what its bill has used, else of what it bought.
INSERT INTO scopes
WITH per_key AS (
    SELECT key_id, sum(rows) AS rows, min(day) AS first_day, max(day) AS reach, sum(billed) AS billed, sum(effective) AS effective, bool_and(ahead) AS ahead
    FROM load_days
    GROUP BY key_id
), span AS (
    SELECT k.load_id, least(min(p.first_day), any_value(s.from_day)) AS from_day, greatest(max(p.reach) + 1, any_value(s.to_day)) AS to_day
    FROM per_key p JOIN load_keys k USING (key_id) LEFT JOIN load_spans s ON s.load_id = k.load_id
    GROUP BY k.load_id
)
SELECT (k.load_id << 32) + row_number() OVER (PARTITION BY k.load_id ORDER BY BillingPeriodStart, BillingAccountId, SubAccountId, BillingCurrency)
           AS scope_id,
       k.load_id, any_value(l.cost_type), BillingAccountId, max(BillingAccountName), SubAccountId, max(SubAccountName),
       x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, BillingCurrency,
       sum(p.rows)::BIGINT,
       min(first_day) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time'),
       max(reach) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time'),
       sum(billed), sum(effective), 'current', NULL, false,
       any_value(l.ref), any_value(s.from_day), any_value(s.to_day),
       coalesce(
           bool_and(ahead) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time'),
           bool_and(bool_and(ahead) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time'))
               OVER (PARTITION BY k.load_id, BillingAccountId, BillingPeriodStart),
           bool_and(ahead)
       )::INTEGER
FROM load_keys k
JOIN per_key p ON p.key_id = k.key_id
JOIN loads l ON l.load_id = k.load_id
JOIN span s ON s.load_id = k.load_id
WHERE l.load_id BETWEEN $first AND $last
GROUP BY k.load_id, BillingAccountId, SubAccountId, x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, BillingCurrency
ORDER BY scope_id;
