-- How far the bill of each current scope reaches: the last day with usage of all that
-- is billed with it, or that its file holds of the period, whosesoever it is.
CREATE OR REPLACE TEMP TABLE bill_reaches AS
SELECT scope_id, greatest(max(reach) OVER (PARTITION BY BillingAccountId, x_BillingPeriod), max(reach) OVER (PARTITION BY load_id, x_BillingPeriod)) AS bill_reach
FROM scopes WHERE state = 'current';
