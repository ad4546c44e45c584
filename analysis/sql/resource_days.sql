-- Cost per day of the current window (k = 0), in currency $currency, of the $most resources
-- that cost most in it; what the others of a service and group cost is one resource, ''.
WITH cost AS (
    SELECT d.day, s.SubAccountId AS account, s.x_ResourceGroupName AS place, s.ServiceName AS service, s.ResourceId AS resource,
        s.ChargeCategory AS category, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END) AS amount
    FROM daily d
    JOIN series s ON s.series_id = d.series_id
    JOIN windows w ON w.k = 0 AND w.account = CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END
        AND (w.period = d.x_BillingPeriod OR w.period IS NULL AND d.day >= w.from_day) AND d.day < w.to_day
    WHERE s.BillingCurrency = $currency
    GROUP BY ALL
), largest AS (
    SELECT account, resource FROM cost WHERE resource <> '' GROUP BY ALL ORDER BY sum(abs(amount)) DESC, account, resource LIMIT $most
)
SELECT c.day, c.account, c.place, c.service, coalesce(l.resource, ''), c.category, sum(c.amount),
    c.resource <> '' AND l.resource IS NULL
FROM cost c LEFT JOIN largest l ON l.account = c.account AND l.resource = c.resource
GROUP BY ALL ORDER BY ALL;
