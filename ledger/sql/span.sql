-- The days for which load $load speaks in the billing period that begins on $start; where $own, as days of
-- each account's place, else as UTC's: hours of a place east of it begin on the day before,
-- and those of one west of it end on the day after.
SELECT min(CASE WHEN $own THEN from_day + ahead ELSE least(from_day, first_day) END), max(CASE WHEN $own THEN to_day + ahead ELSE greatest(to_day, reach + 1) END)
FROM scopes WHERE load_id = $load AND BillingPeriodStart = $start AND state = 'current';
