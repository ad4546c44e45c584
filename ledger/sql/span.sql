-- The days for which load $load speaks in the billing period that begins on $start; where $own, as days of
-- each account's place.
SELECT min(from_day + CASE WHEN $own THEN ahead ELSE 0 END), max(to_day + CASE WHEN $own THEN ahead ELSE 0 END) FROM scopes WHERE load_id = $load AND BillingPeriodStart = $start AND state = 'current';
