-- How far each current scope reaches, its last day with usage up to day $last, and its bill: that of
-- all that is billed with it or that its file holds of the period, up to that day and in all.
CREATE OR REPLACE TEMP TABLE bill_reaches AS
WITH used AS (
    SELECT scope_id, max(day) AS reach FROM daily_services WHERE ChargeCategory = 'Usage' AND day <= $last GROUP BY scope_id
), reached AS (
    SELECT s.scope_id, s.BillingAccountId, s.x_BillingPeriod, s.load_id, s.reach AS whole, CASE WHEN s.reach > $last THEN u.reach ELSE s.reach END AS reach
    FROM scopes s LEFT JOIN used u ON u.scope_id = s.scope_id
    WHERE s.state = 'current'
)
SELECT scope_id, reach,
       greatest(max(reach) OVER (PARTITION BY BillingAccountId, x_BillingPeriod), max(reach) OVER (PARTITION BY load_id, x_BillingPeriod)) AS bill_reach,
       greatest(max(whole) OVER (PARTITION BY BillingAccountId, x_BillingPeriod), max(whole) OVER (PARTITION BY load_id, x_BillingPeriod)) AS whole_reach
FROM reached;
