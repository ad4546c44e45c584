-- Cost and quantity of a meter on the days from $first to before $end.
SELECT sum(effective), coalesce(sum(quantity), 0)::DECIMAL(38, 18) FROM audited
WHERE category = 'Usage' AND EXISTS (SELECT 1 FROM bills b WHERE b.account = audited.account AND audited.day >= b.first AND audited.day < b.end_day) AND ServiceName = $service AND SkuMeter = $meter AND unit = $unit AND day >= $first AND day < $end
