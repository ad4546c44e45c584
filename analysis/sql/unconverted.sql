-- What no rate converts, by currency: its days, rows and billed cost.
SELECT currency, min(day), max(day), sum(rows)::BIGINT, sum(billed)
FROM unconverted
GROUP BY currency
ORDER BY currency;
