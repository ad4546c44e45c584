-- The last day of usage in load $load in the billing period that begins on $start,
-- whatever of it counts still.
SELECT max(reach) FROM scopes WHERE load_id = $load AND BillingPeriodStart = $start;
