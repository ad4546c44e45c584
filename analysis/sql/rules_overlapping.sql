-- The pairs of lines that meet the same charges: the first has them.
SELECT o.line, m.line, count(*)
FROM matches m
JOIN charges c ON c.key_id = m.key_id AND c.ChargePeriodStart >= m.first_day AND c.ChargePeriodStart < m.end_day
JOIN owned o ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day AND o.line < m.line
GROUP BY ALL ORDER BY ALL;
