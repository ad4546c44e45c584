-- The windows k < $2 and series in which another owner has charges, too, in
-- currency $1.
SELECT DISTINCT w.k, e.series_id
FROM elsewhere e
JOIN series s ON s.series_id = e.series_id AND s.BillingCurrency = $1
JOIN windows w ON w.k < $2 AND w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    AND (w.period IS NULL AND e.day >= w.from_day OR w.period = e.x_BillingPeriod) AND e.day < w.to_day;
