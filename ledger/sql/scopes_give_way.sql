-- What load $new has of the accounts of load $old on the days of a period, from
-- $start to before $end, is as good as replaced by it.
UPDATE scopes SET state = 'superseded', superseded_by = $old
WHERE load_id = $new AND BillingPeriodStart < $end AND BillingPeriodEnd > $start
  AND SubAccountId IN (SELECT SubAccountId FROM scopes WHERE load_id = $old AND BillingPeriodStart = $start);
