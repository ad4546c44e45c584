-- The scopes of load $load in the billing period that begins on $start, with the state
-- $state and days from $from to before $to, and a new number for each; of all accounts, or where
-- $preferred of those whose days these are (preferred_days), which are $ahead days later where that is not negative: then of
-- those alone that are so many days ahead.
INSERT INTO split_scopes
SELECT s.scope_id,
       (s.load_id << 32) + (SELECT max(o.scope_id) & 4294967295 FROM scopes o WHERE o.load_id = $load) + row_number() OVER (ORDER BY s.scope_id),
       $from, CASE WHEN s.ahead = 1 AND $to::DATE >= s.to_day THEN TIMESTAMP '9999-01-01' ELSE $to END
FROM scopes s
WHERE s.load_id = $load AND s.BillingPeriodStart = $start AND s.state = $state
  AND s.from_day < $to::DATE AND s.to_day > $from::DATE
  AND (NOT $preferred OR s.SubAccountId IN (SELECT SubAccountId FROM preferred_days WHERE from_day = $from::DATE + greatest($ahead::INTEGER, 0) AND to_day = $to::DATE + greatest($ahead::INTEGER, 0)))
  AND ($ahead::INTEGER < 0 OR s.ahead = $ahead::INTEGER);
