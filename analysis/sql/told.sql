-- What the series of each finding (temporary table told) cost on each of its days.
SELECT t.finding, d.day, sum(d.EffectiveCost)
FROM told t JOIN daily d ON d.series_id = t.series_id AND d.day BETWEEN t.from_day AND t.to_day
WHERE d.covered
GROUP BY t.finding, d.day;
