-- What the series of each finding (temporary table told) cost over its days.
SELECT t.finding, sum(d.EffectiveCost)
FROM told t JOIN daily d ON d.series_id = t.series_id AND d.day BETWEEN t.from_day AND t.to_day
WHERE d.covered
GROUP BY t.finding;
