-- What a unit of each currency is worth in euros, from each day on. What is there already, and
-- the same, is left alone.
INSERT INTO rates
SELECT e.date, e.currency, 'EUR', e.rate::DECIMAL(14, 8)
FROM ecb_rates e
WHERE NOT EXISTS (SELECT 1 FROM rates r WHERE r.date = e.date AND r."from" = e.currency AND r."to" = 'EUR' AND r.rate = e.rate::DECIMAL(14, 8))
QUALIFY row_number() OVER (PARTITION BY e.date, e.currency) = 1
ON CONFLICT DO UPDATE SET rate = excluded.rate;
