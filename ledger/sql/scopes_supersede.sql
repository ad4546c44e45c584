-- In the period that begins on $start, load $new replaces what load $old has: all
-- of it, or with $whole false the accounts that it has too.
UPDATE scopes SET state = 'superseded', superseded_by = $new
WHERE load_id = $old AND BillingPeriodStart = $start AND state = 'current'
  AND ($whole OR SubAccountId IN (SELECT SubAccountId FROM scopes WHERE load_id = $new));
