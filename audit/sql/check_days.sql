-- What was used on each day from $first to before $end cost, and whether anything was: the other days have charges beside usage alone, or
-- usage of the same accounts that is billed in another currency.
SELECT day, coalesce(sum(effective) FILTER (used), 0), bool_or(used)
FROM (
    SELECT day, effective, category = 'Usage' AND EXISTS (SELECT 1 FROM bills b WHERE b.account = audited.account AND audited.day >= b.first AND audited.day < b.end_day) AS used
    FROM audited WHERE day >= $first AND day < $end
    UNION ALL
    SELECT ChargePeriodStart::DATE, 0, false FROM usage
    WHERE ChargeCategory = 'Usage' AND ChargePeriodStart >= $first AND ChargePeriodStart < $end
        AND CASE WHEN coalesce(SubAccountId, '') <> '' THEN SubAccountId ELSE BillingAccountId END IN (SELECT id FROM audited)
)
GROUP BY day ORDER BY day
