-- Usage per window and series in currency $currency, as doubles, by weekday from Sunday on:
-- the quantity where it has one unit, else the cost; and on how many days,
-- from which to which. The days $holidays, since 1970, count as Sundays.
WITH holidays AS (
    SELECT DATE '1970-01-01' + unnest($holidays::BIGINT[])::INTEGER AS day
), apart AS ( -- of one bill of an account each day occurs once
    SELECT *, period IS NOT NULL AND count(*) OVER (PARTITION BY k, account) = 1 AS once FROM windows WHERE k >= $windows
), each AS (
    SELECT s.series_id, s.SkuMeter <> '' AND s.ConsumedUnit <> '' AS metered, w.*
    FROM series s JOIN apart w ON w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    WHERE s.BillingCurrency = $currency AND s.ChargeCategory = 'Usage'
), used AS (
    SELECT w.k, d.series_id, w.metered, w.once, d.day, d.cost, d.quantity
    FROM daily d JOIN each w ON w.series_id = d.series_id AND w.period = d.x_BillingPeriod AND d.day >= w.from_day AND d.day < w.end_day AND d.day < w.to_day
    UNION ALL
    SELECT w.k, d.series_id, w.metered, w.once, d.day, d.cost, d.quantity
    FROM daily d JOIN each w ON w.series_id = d.series_id AND w.period IS NULL AND d.day >= w.from_day AND d.day < w.end_day AND d.day < w.to_day
), placed AS (
    SELECT u.*, CASE WHEN cost > 0 AND quantity > 0 THEN cost / quantity END AS price, CASE WHEN h.day IS NULL THEN dayofweek(u.day) ELSE 0 END AS weekday
    FROM used u LEFT JOIN holidays h ON h.day = u.day
), counted AS ( -- one row a series: a row a weekday takes three times as long
    SELECT k, series_id, bool_and(metered) AND coalesce(max(price) <= 8 * min(price), true) AS metered,
           sum(CASE WHEN weekday = 0 THEN quantity ELSE 0 END) AS quantity_0, sum(CASE WHEN weekday = 1 THEN quantity ELSE 0 END) AS quantity_1, sum(CASE WHEN weekday = 2 THEN quantity ELSE 0 END) AS quantity_2,
           sum(CASE WHEN weekday = 3 THEN quantity ELSE 0 END) AS quantity_3, sum(CASE WHEN weekday = 4 THEN quantity ELSE 0 END) AS quantity_4, sum(CASE WHEN weekday = 5 THEN quantity ELSE 0 END) AS quantity_5,
           sum(CASE WHEN weekday = 6 THEN quantity ELSE 0 END) AS quantity_6,
           sum(CASE WHEN weekday = 0 THEN cost ELSE 0 END) AS cost_0, sum(CASE WHEN weekday = 1 THEN cost ELSE 0 END) AS cost_1, sum(CASE WHEN weekday = 2 THEN cost ELSE 0 END) AS cost_2,
           sum(CASE WHEN weekday = 3 THEN cost ELSE 0 END) AS cost_3, sum(CASE WHEN weekday = 4 THEN cost ELSE 0 END) AS cost_4, sum(CASE WHEN weekday = 5 THEN cost ELSE 0 END) AS cost_5,
           sum(CASE WHEN weekday = 6 THEN cost ELSE 0 END) AS cost_6,
           count(*) FILTER (once) + count(DISTINCT day) FILTER (NOT once) AS days, min(day) AS first, max(day) AS last
    FROM placed GROUP BY k, series_id
)
SELECT k, series_id, days, first, last,
       CASE WHEN metered THEN quantity_0 ELSE cost_0 END, CASE WHEN metered THEN quantity_1 ELSE cost_1 END, CASE WHEN metered THEN quantity_2 ELSE cost_2 END,
       CASE WHEN metered THEN quantity_3 ELSE cost_3 END, CASE WHEN metered THEN quantity_4 ELSE cost_4 END, CASE WHEN metered THEN quantity_5 ELSE cost_5 END,
       CASE WHEN metered THEN quantity_6 ELSE cost_6 END
FROM counted
ORDER BY k, series_id;
