-- How many times the rate of a day since $since, at least and at most, the newest rate to
-- $currency is.
WITH used AS (
    SELECT "from", date, rate::DOUBLE AS rate, max_by(rate::DOUBLE, date) OVER (PARTITION BY "from") AS newest
    FROM rates WHERE "to" = $currency
    QUALIFY date >= coalesce(max(date) FILTER (date <= $since) OVER (PARTITION BY "from"), date)
)
SELECT least(1, coalesce(min(newest / rate), 1)), greatest(1, coalesce(max(newest / rate), 1)) FROM used
