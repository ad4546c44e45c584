-- The first and the last day with usage up to before $end, or with any charge where nothing is usage at all; the last
-- one from $first on; the last day of all; on how many days there is usage from $first on; and how many of the days
-- between the first and the last have any.
SELECT min(day), max(day), max(day) FILTER (day >= $first), (SELECT max(day) FROM audited),
       count(DISTINCT day) FILTER (day >= $first), count(DISTINCT day) / greatest(max(day) - min(day) + 1, 1)
FROM audited WHERE day < $end AND (category = 'Usage' OR NOT EXISTS (SELECT 1 FROM audited WHERE category = 'Usage'))
