-- The owners of the charges of each finding in the table told: the sum of their sizes
-- by owner, largest first; '' is none. Those before the finding are of the owner on its first day.
SELECT t.finding, coalesce(o.owner, ''), sum(abs(c.BilledCost::DOUBLE) + abs(c.EffectiveCost::DOUBLE)) AS size
FROM told t
JOIN key_series w ON w.series_id = t.series_id
JOIN charges c ON c.key_id = w.key_id AND c.ChargePeriodStart >= t.from_day AND c.ChargePeriodStart < t.to_day + 1
LEFT JOIN owned o ON o.key_id = c.key_id AND greatest(c.ChargePeriodStart, t.start_day) >= o.first_day
    AND greatest(c.ChargePeriodStart, t.start_day) < o.end_day
GROUP BY ALL
ORDER BY t.finding, size DESC, 2;
