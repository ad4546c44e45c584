-- The days from $from to before $to that load $load has of each account, in its billing periods that touch the one
-- from $start to before $end, from its first charge to its last; where $own, as days of each account's place.
INSERT INTO preferred_days
SELECT SubAccountId, greatest(first_day, $from::DATE), least(last_day + 1, $to::DATE)
FROM (
    SELECT s.SubAccountId,
           min(CASE WHEN $own THEN greatest(c.ChargePeriodStart::DATE, s.from_day) + s.ahead ELSE c.ChargePeriodStart::DATE END) AS first_day,
           max(CASE WHEN $own THEN least(c.ChargePeriodStart::DATE, s.to_day - 1) + s.ahead ELSE c.ChargePeriodStart::DATE END) AS last_day
    FROM charges c
    JOIN keys k ON k.key_id = c.key_id
    JOIN scopes s ON s.scope_id = k.scope_id
    WHERE c.load_id = $load AND s.BillingPeriodStart < $end AND s.BillingPeriodEnd > $start AND s.state = 'current'
    GROUP BY s.SubAccountId
)
WHERE first_day < $to::DATE AND last_day >= $from::DATE;
