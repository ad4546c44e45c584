-- What is divided by UTC's days speaks for these: hours of a place east of it, for the evening before its own, too.
UPDATE scopes SET from_day = first_day
WHERE load_id = $load AND BillingPeriodStart = $start AND state = $state AND ahead = 0 AND first_day < from_day;
