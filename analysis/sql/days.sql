-- Usage per day and series from $first up to, not including, $end, for statistics: doubles. Which series are
-- usage, and in which currency, is known where they are taken: a join with them would take as long as all else.
SELECT count(take_values(series_id, day, cost, quantity)) FROM daily WHERE covered AND day >= $first AND day < $end;
