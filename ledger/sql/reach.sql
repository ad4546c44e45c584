-- The last day of usage in load $load in the billing period that begins on $start,
-- whatever of it counts still; where
-- $own, as a day of its account's place.
SELECT max(reach + CASE WHEN $own THEN ahead ELSE 0 END) FROM scopes WHERE load_id = $load AND BillingPeriodStart = $start;
