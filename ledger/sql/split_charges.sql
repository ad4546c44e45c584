-- The charges of the days from $from to before $to get the new keys.
UPDATE charges SET key_id = m.new_key
FROM split_keys m
WHERE charges.key_id = m.old_key AND charges.ChargePeriodStart >= $from AND charges.ChargePeriodStart < $to;
