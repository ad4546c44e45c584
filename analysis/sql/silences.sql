-- How many days lie between one day with usage and the next, in currency $currency, by
-- account whose data end before a bill does: each distance, and how often it occurs
-- up to the day $until. Of an account's first day it is 0.
WITH apart AS (
    SELECT account, day - lag(day) OVER (PARTITION BY account ORDER BY day) AS distance
    FROM quiet_days WHERE BillingCurrency = $currency AND day <= $until
)
SELECT account, coalesce(distance, 0)::INTEGER, count(*)::INTEGER FROM apart GROUP BY ALL ORDER BY ALL;
