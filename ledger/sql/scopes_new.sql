-- The accounts and billing periods of the loads $first to $last, from their keys
-- (temporary table load_keys) and days (load_days). Where a load's manifest names the
-- days that it spans (load_spans), they are those, of each account's place; else those from the first charge to
-- the last of the accounts of one place. An account that used nothing is of the place of what its bill has used, else of
-- what it bought. Usage by the hour that has each hour of the evening before its bill begins, by UTC, and none of
-- the last evening, is of a place east of UTC: its scope's days are those of that place, and its charges may lie before them. What has each hour
-- of the morning after its bill ends, and none of the first morning, is of a place west of it, and its charges may lie behind them.
INSERT INTO scopes
WITH per_key AS (
    SELECT d.key_id, sum(rows) AS rows, min(day) AS first_day, max(day) AS reach, sum(billed) AS billed, sum(effective) AS effective, bool_and(ahead) AS ahead,
           max(day) FILTER (ahead) AS last_ahead, bit_or(hours) FILTER (day = k.BillingPeriodStart - 1) AS evening,
           bit_or(hours) FILTER (day = k.BillingPeriodStart) AS first_hours, bit_or(hours) FILTER (day = k.BillingPeriodEnd) AS morning, max(last_start) AS last_start
    FROM load_days d JOIN load_keys k ON k.key_id = d.key_id
    GROUP BY d.key_id
), held AS (
    SELECT (k.load_id << 32) + row_number() OVER (PARTITION BY k.load_id ORDER BY BillingPeriodStart, BillingAccountId, SubAccountId, BillingCurrency)
               AS scope_id,
           k.load_id, any_value(l.cost_type) AS cost_type, BillingAccountId, max(BillingAccountName) AS account_name,
           SubAccountId, max(SubAccountName) AS sub_name, x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, BillingCurrency,
           sum(p.rows)::BIGINT AS rows,
           min(first_day) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time') AS first_day,
           max(reach) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time') AS reach,
           sum(billed) AS billed, sum(effective) AS effective, any_value(l.ref) AS ref,
           min(first_day) AS first_charge, max(reach) AS last_charge, max(last_ahead) AS last_ahead, bit_or(evening) AS evening, max(last_start) AS last_start,
           bit_or(first_hours) AS first_hours, bit_or(morning) AS morning,
           coalesce(
               CASE WHEN count(*) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time') > 0
                    THEN coalesce(bool_and(ahead) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time'), false) END,
               bool_and(bool_and(ahead) FILTER (ChargeCategory = 'Usage' AND ChargeFrequency IS DISTINCT FROM 'One-Time'))
                   OVER (PARTITION BY k.load_id, BillingAccountId, BillingPeriodStart),
               bool_and(ahead), false
           )::INTEGER AS ahead
    FROM load_keys k
    JOIN per_key p ON p.key_id = k.key_id
    JOIN loads l ON l.load_id = k.load_id
    WHERE l.load_id BETWEEN $first AND $last
    GROUP BY k.load_id, BillingAccountId, SubAccountId, x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, BillingCurrency
), placed AS ( -- east is how many hours of the evening before a bill of hours are of its first day, 0 where that is not known
    SELECT *,
           CASE WHEN ahead = 0 AND first_charge = BillingPeriodStart - 1 AND bit_count(evening) <= 14 -- from one of its hours on, all of them
                     AND evening = (1::BIGINT << 24) - (1::BIGINT << (24 - bit_count(evening))::BIGINT)
                     AND last_start < BillingPeriodEnd::TIMESTAMP - to_hours(bit_count(evening)::INTEGER - 1)
                THEN bit_count(evening)::INTEGER ELSE 0 END AS east,
           coalesce(ahead = 0 AND last_charge = BillingPeriodEnd AND bit_count(morning) <= 12 AND morning = (1::BIGINT << bit_count(morning)::BIGINT) - 1
               AND coalesce(first_hours, 0) & morning = 0, false) AS west
    FROM held
), spanned AS (
    SELECT *, CASE WHEN east > 0 THEN BillingPeriodStart ELSE first_charge END AS from_day,
           CASE WHEN ahead = 1 THEN coalesce(last_ahead, last_charge) WHEN east > 0 THEN (last_start + to_hours(east))::DATE
                WHEN west THEN BillingPeriodEnd - 1 ELSE last_charge END + 1 AS to_day
    FROM placed
)
SELECT h.scope_id, h.load_id, h.cost_type, BillingAccountId, account_name, SubAccountId, sub_name, x_BillingPeriod, BillingPeriodStart,
       BillingPeriodEnd, BillingCurrency, h.rows, h.first_day, h.reach, billed, effective, 'current', NULL, false, h.ref,
       least(min(h.from_day) OVER place, s.from_day - h.ahead), greatest(max(h.to_day) OVER place, s.to_day - h.ahead), h.ahead
FROM spanned h LEFT JOIN load_spans s ON s.load_id = h.load_id
WINDOW place AS (PARTITION BY h.load_id, h.ahead)
ORDER BY h.scope_id;
