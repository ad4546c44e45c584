-- Charges of series $1 from day $2 to $3 that no bill's dates hold.
SELECT count(*) FROM daily
WHERE series_id IN (SELECT unnest($1::BIGINT[])) AND day BETWEEN $2 AND $3 AND NOT covered;
