-- The days for which load $load speaks in the billing period that begins on $start; where $own, as days of
-- each account's place, else as UTC's: hours of a place east of it begin on the day before,
-- and those of one west of it end on the day after. A scope's days are UTC's where its bill does not say that its hours are of a place.
SELECT min(CASE WHEN $own THEN from_day + ahead + (ahead = 0 AND first_day >= from_day AND coalesce(p.east > INTERVAL 0 HOUR, false))::INTEGER ELSE least(from_day, first_day) END), max(CASE WHEN $own THEN to_day + ahead ELSE greatest(to_day, reach + 1) END)
FROM scopes LEFT JOIN places p USING (scope_id) WHERE load_id = $load AND BillingPeriodStart = $start AND state = 'current';
