-- What is divided by UTC's days speaks for these: hours of a place east of it, for the evening before its own, too, and those of one
-- west of it for the morning after.
UPDATE scopes SET from_day = least(from_day, first_day), to_day = greatest(to_day, reach + 1)
WHERE load_id = $load AND BillingPeriodStart = $start AND state = $state AND ahead = 0 AND (first_day < from_day OR reach >= to_day);
