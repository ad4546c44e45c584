-- The days of each account and bill on which charges have no rate, though their currency has one later.
SELECT DISTINCT account, period, day
FROM unconverted
WHERE currency IN (SELECT currency FROM day_rates)
ORDER BY ALL;
