-- A total that was shown, once.
INSERT INTO told_totals
SELECT $told_at, $what, $to, $period, $first_day, $end_day, $reach, $currency, $total::VARCHAR::DECIMAL(38, 18), $last_load
WHERE NOT EXISTS (
    SELECT 1 FROM told_totals
    WHERE told_at = $told_at AND what = $what AND "to" = $to AND x_BillingPeriod = $period AND first_day = $first_day AND currency = $currency);
