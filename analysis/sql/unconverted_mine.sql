-- What of an owner's, to whom the connection is limited, no rate converts.
SELECT u.currency, min(u.day), max(u.day), sum(u.rows)::BIGINT, sum(u.billed)
FROM unconverted u
JOIN mine m ON m.key_id = u.key_id AND u.day >= m.first_day AND u.day < m.end_day
GROUP BY u.currency
ORDER BY u.currency;
