-- What was used by day from $first to $last, in currency $currency, of what a credit is for: its account and,
-- where they are not empty, its service and resource.
SELECT d.day, sum(d.cost)::DOUBLE
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $currency AND s.ChargeCategory = 'Usage' AND d.day BETWEEN $first AND $last
    AND CASE WHEN s.SubAccountId <> '' THEN s.SubAccountId ELSE s.BillingAccountId END = $account
    AND ($service = '' OR s.ServiceName = $service) AND ($resource = '' OR s.ResourceId = $resource)
GROUP BY ALL
ORDER BY ALL;
