-- The accounts and billing periods of the loads $first to $last, from their keys
-- (temporary table load_keys) and days (load_days). Where a load's manifest names the
-- days that it spans (load_spans), they are those, of each account's place; else those from the first charge to
-- the last of the accounts of one place. An account that used nothing is of the place of what its bill has used, else of
-- what it bought.
INSERT INTO scopes
WITH per_key AS (
    SELECT key_id, sum(rows) AS rows, min(day) AS first_day, max(day) AS reach, sum(billed) AS billed, sum(effective) AS effective, bool_and(ahead) AS ahead
    FROM load_days
    GROUP BY key_id
), held AS (
    SELECT (k.load_id << 32) + row_number() OVER (PARTITION BY k.load_id ORDER BY BillingPeriodStart, BillingAccountId, SubAccountId, BillingCurrency)
               AS scope_id,
           k.load_id, any_value(l.cost_type) AS cost_type, BillingAccountId, max(BillingAccountName) AS account_name,
           SubAccountId, max(SubAccountName) AS sub_name, x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, BillingCurrency,
           sum(p.rows)::BIGINT AS rows,
           min(first_day) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time') AS first_day,
           max(reach) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time') AS reach,
           sum(billed) AS billed, sum(effective) AS effective, any_value(l.ref) AS ref,
           min(first_day) AS from_day, max(reach) + 1 AS to_day,
           coalesce(
               bool_and(ahead) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time'),
               bool_and(bool_and(ahead) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time'))
                   OVER (PARTITION BY k.load_id, BillingAccountId, BillingPeriodStart),
               bool_and(ahead)
           )::INTEGER AS ahead
    FROM load_keys k
    JOIN per_key p ON p.key_id = k.key_id
    JOIN loads l ON l.load_id = k.load_id
    WHERE l.load_id BETWEEN $first AND $last
    GROUP BY k.load_id, BillingAccountId, SubAccountId, x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, BillingCurrency
)
SELECT h.scope_id, h.load_id, h.cost_type, BillingAccountId, account_name, SubAccountId, sub_name, x_BillingPeriod, BillingPeriodStart,
       BillingPeriodEnd, BillingCurrency, h.rows, h.first_day, h.reach, billed, effective, 'current', NULL, false, h.ref,
       least(min(h.from_day) OVER place, s.from_day - h.ahead), greatest(max(h.to_day) OVER place, s.to_day - h.ahead), h.ahead
FROM held h LEFT JOIN load_spans s ON s.load_id = h.load_id
WINDOW place AS (PARTITION BY h.load_id, h.ahead)
ORDER BY h.scope_id;
