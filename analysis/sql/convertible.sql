-- Whether the ledger has charges in another currency than $to, and rates to that.
SELECT EXISTS (FROM scopes WHERE state = 'current' AND BillingCurrency <> $to), EXISTS (FROM rates WHERE "to" = $to);
