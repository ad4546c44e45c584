-- The last day of usage in load $load in the billing period that begins on $start,
-- whatever of it counts still; where
-- $own, as a day of its account's place.
SELECT max(CASE WHEN $own AND reach >= to_day THEN to_day - 1 + ahead WHEN $own THEN reach + ahead ELSE reach END) FROM scopes WHERE load_id = $load AND BillingPeriodStart = $start;
