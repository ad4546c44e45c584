-- Charges of series $series from day $first to $last that no bill's dates hold.
SELECT count(*) FROM daily
WHERE series_id IN (SELECT unnest($series::BIGINT[])) AND day BETWEEN $first AND $last AND NOT covered;
