-- The days, of each account's place, on which a newer load has replaced load $load, with each load that $load
-- had replaced on days of the same account and period.
SELECT DISTINCT o.load_id, m.superseded_by, o.BillingPeriodStart, o.SubAccountId, o.ahead, m.from_day + m.ahead, m.to_day + m.ahead
FROM scopes o
JOIN scopes m ON m.load_id = $load AND m.superseded_by IS NOT NULL AND m.SubAccountId = o.SubAccountId
    AND m.BillingPeriodStart = o.BillingPeriodStart AND m.from_day + m.ahead < o.to_day + o.ahead AND o.from_day + o.ahead < m.to_day + m.ahead
WHERE o.superseded_by = $load AND o.state = 'superseded'
ORDER BY ALL;
