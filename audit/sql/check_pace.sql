-- The most that one day of usage cost from $first to $reach, the median of those to $last, how many these are, and what was charged beside usage
-- in the period before, or would be on $days more days as on those since the first of this period with such a charge. Then how many days from $begin to $reach have no usage, and the most that one day cost in these or
-- in the week before.
WITH daily AS (
    SELECT day, sum(effective) AS cost FROM audited WHERE category = 'Usage' AND EXISTS (SELECT 1 FROM bills b WHERE b.account = audited.account AND audited.day >= b.first AND audited.day < b.end_day) AND day BETWEEN $first AND $reach GROUP BY day
)
SELECT coalesce(max(cost), 0), coalesce(median(cost) FILTER (day <= $last), 0)::DECIMAL(38, 18), count(*) FILTER (day <= $last),
       (SELECT coalesce(max(CASE k WHEN 1 THEN cost ELSE cost / ($reach::DATE - first + 1) * $days::INTEGER END), 0)::DECIMAL(38, 18) FROM (
           SELECT w.k, sum(abs(a.cost)) AS cost, least(min(a.day), $reach::DATE) AS first FROM compared w
           JOIN audited a ON a.account = w.account AND (a.bill = w.bill OR w.bill IS NULL AND a.day >= w.first AND a.day < w.end_day)
           WHERE w.k <= 1 AND a.category <> 'Usage' GROUP BY w.k)),
       $reach::DATE - $begin::DATE + 1 - (SELECT count(DISTINCT day) FROM audited WHERE category = 'Usage' AND day BETWEEN $begin AND $reach),
       (SELECT coalesce(max(cost), 0) FROM (
           SELECT sum(effective) AS cost FROM audited WHERE category = 'Usage' AND day BETWEEN $begin::DATE - 7 AND $reach GROUP BY day))
FROM daily
