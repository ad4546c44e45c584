-- The currencies in which each series is billed, where it is converted.
SELECT DISTINCT s.series_id, q.currency
FROM key_series s
JOIN key_currencies q ON q.key_id = s.key_id
ORDER BY ALL;
