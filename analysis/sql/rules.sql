-- For each line of an owners file (temporary tables matches and owned): how many
-- charges its rule meets, and how many of these it has, being the first.
SELECT m.line, count(*), count(*) FILTER (WHERE o.line = m.line)
FROM matches m
JOIN charges c ON c.key_id = m.key_id AND c.ChargePeriodStart >= m.first_day AND c.ChargePeriodStart < m.end_day
LEFT JOIN owned o ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day
GROUP BY m.line ORDER BY m.line;
