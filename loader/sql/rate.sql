-- The rate of a day and two currencies: one unit of $from is worth $rate of $to from
-- $date on. One that is there already, and the same, is left alone.
INSERT INTO rates
SELECT $date::DATE, $from, $to, $rate::VARCHAR::DECIMAL(14, 8)
WHERE NOT EXISTS (SELECT 1 FROM rates WHERE date = $date::DATE AND "from" = $from AND "to" = $to AND rate = $rate::VARCHAR::DECIMAL(14, 8))
ON CONFLICT DO UPDATE SET rate = excluded.rate;
