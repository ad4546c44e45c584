-- The accounts of which usage in currency $currency ends and goes on within a week in another: that
-- one's last day up to $last.
WITH days AS (
    SELECT CASE WHEN coalesce(SubAccountId, '') <> '' THEN SubAccountId ELSE BillingAccountId END AS account, BillingCurrency AS currency,
           min(ChargePeriodStart::DATE) AS first_day, max(ChargePeriodStart::DATE) AS last_day
    FROM usage WHERE ChargeCategory = 'Usage' AND ChargePeriodStart::DATE <= $last GROUP BY 1, 2
)
SELECT o.account, max(n.last_day) FROM days o JOIN days n ON n.account = o.account AND n.first_day > o.last_day AND n.first_day <= o.last_day + 7
WHERE o.currency = $currency GROUP BY o.account
