-- What no rate converts, by currency: its days, rows and billed cost; of $owner alone, unless that is ''.
SELECT u.currency, min(u.day), max(u.day), sum(u.rows)::BIGINT, sum(u.billed)
FROM unconverted u
LEFT JOIN owned o ON o.key_id = u.key_id AND u.day >= o.first_day AND u.day < o.end_day
WHERE $owner = '' OR o.owner = $owner
GROUP BY u.currency
ORDER BY u.currency;
