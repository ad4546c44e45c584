-- How far each account's place is east of UTC, of what the loads $new and $old have in the billing period that begins on $start;
-- west of it that is below nothing. Of days their clock says it, which those of the evening before may share with other
-- charges; of hours, how long they begin before their scope's days, or how long after these they end. Hours
-- of an open month, or of some of its days, that begin within UTC's day, and end at that hour of another one, are of days that begin then.
INSERT INTO places
SELECT scope_id, CASE WHEN ahead = 1 THEN INTERVAL 1 DAY - coalesce(evening, INTERVAL 0 HOUR)
                      WHEN first < begins THEN begins - first
                      WHEN first_clock = last_clock AND first_clock > INTERVAL 0 HOUR AND first_clock <= INTERVAL 12 HOUR THEN -first_clock
                      WHEN last_start >= ends THEN ends - last
                      WHEN began = ended AND began > INTERVAL 0 HOUR THEN CASE WHEN began <= INTERVAL 12 HOUR THEN -began ELSE INTERVAL 24 HOUR - began END
                 END AS east
FROM (
    SELECT s.scope_id, any_value(s.ahead) AS ahead, any_value(s.from_day)::TIMESTAMP AS begins, any_value(s.to_day)::TIMESTAMP AS ends,
           min(c.start) AS first, min(c.clock) FILTER (c.whole AND hour(c.start) >= 11) AS evening,
           min(c.clock) FILTER (c.whole) AS first_clock, max(c.clock) FILTER (c.whole) AS last_clock,
           max(c.start) FILTER (c.hours) AS last_start, max(c.ends) FILTER (c.hours) AS last,
           min(c.start) FILTER (c.hours) AS first_start, first_start - date_trunc('day', first_start) AS began, last - date_trunc('day', last) AS ended
    FROM scopes s JOIN (
        SELECT k.scope_id, c.ChargePeriodStart AS start, c.ChargePeriodEnd AS ends, c.ChargePeriodStart - c.ChargePeriodStart::DATE::TIMESTAMP AS clock,
               k.ChargeCategory = 'Usage' AND c.ChargePeriodEnd - c.ChargePeriodStart >= INTERVAL 23 HOUR AS whole,
               c.ChargePeriodEnd > c.ChargePeriodStart AND c.ChargePeriodEnd - c.ChargePeriodStart < INTERVAL 23 HOUR AS hours
        FROM keys k JOIN charges c ON c.key_id = k.key_id
        WHERE c.load_id IN ($new, $old)
    ) c ON c.scope_id = s.scope_id
    WHERE s.load_id IN ($new, $old) AND s.BillingPeriodStart = $start
    GROUP BY s.scope_id
)
WHERE east IS NOT NULL;
