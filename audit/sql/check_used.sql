-- On how many days from $first to before $end nothing was used though it is there before and after: of all in the files that
-- have anything of the billing accounts $billing, of all files where none has. A silence is no lack of data where
-- one in ten was more than half as long, or where fewer than $rhythm_days days tell.
WITH files AS (
    SELECT DISTINCT load_id FROM audited WHERE BillingAccountId IN (SELECT unnest($billing::VARCHAR[]))
), used AS (
    SELECT DISTINCT day FROM audited
    WHERE category = 'Usage' AND (load_id IN (SELECT load_id FROM files) OR NOT EXISTS (SELECT 1 FROM files))
), silences AS (
    SELECT day, (day - lag(day) OVER (ORDER BY day) - 1)::INTEGER AS days, count(*) OVER () AS used FROM used
)
SELECT coalesce(sum(greatest(least(s.day, $end::DATE) - greatest(s.day - s.days, $first::DATE), 0)), 0)
FROM silences s
WHERE s.days > 0 AND s.used >= $rhythm_days
    AND 10 * (SELECT count(*) FROM silences o WHERE o.days + 1 > (s.days + 1) // 2) < s.used - 1
