-- The first day with usage; the last one up to before $end, and of these the last one from $first on; the last day with
-- any charge, and the last into which one lasts, as a day of a place east of UTC does; how many of the days between the first and the last have usage; and the last day with usage at all. Then how many days it was silent at
-- most between two days of use, on how many it was used, and which accounts were on fewer than $rhythm_days. A bill
-- without usage has no reach, which least() would pass over.
SELECT (SELECT min(day) FROM audited), max(least(reach, $end::DATE - 1)) FILTER (first < $end AND reach IS NOT NULL),
       max(least(reach, $end::DATE - 1)) FILTER (first < $end AND reach >= $first), max(latest), (SELECT max(lasts) FROM audited),
       (SELECT count(DISTINCT day) / greatest(max(day) - min(day) + 1, 1) FROM audited WHERE day < $end AND category = 'Usage'),
       max(reach),
       (SELECT coalesce(max(day - before), 0) FROM (
           SELECT day, lag(day) OVER (ORDER BY day) AS before FROM (SELECT DISTINCT day FROM audited WHERE category = 'Usage'))),
       (SELECT count(DISTINCT day) FROM audited WHERE category = 'Usage'),
       (SELECT coalesce(string_agg(account, chr(10)), '') FROM (
           SELECT account FROM audited GROUP BY account HAVING count(DISTINCT day) FILTER (category = 'Usage') < $rhythm_days))
FROM bills
