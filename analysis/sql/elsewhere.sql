-- The windows k < $windows and series in which another owner has charges, too, in
-- currency $currency.
SELECT DISTINCT w.k, e.series_id
FROM elsewhere e
JOIN series s ON s.series_id = e.series_id AND s.BillingCurrency = $currency
JOIN windows w ON w.k < $windows AND w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
    AND (w.period IS NULL AND e.day >= w.from_day OR w.period = e.x_BillingPeriod) AND e.day < w.to_day;
