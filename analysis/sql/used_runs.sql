-- The stretches of days up to the day $until on which each billing account was used in currency $currency, '' for any, and
-- each account, '' in the place of the other name: together where a file holds it with another.
SELECT BillingAccountId, account, together, first_day, least(last_day, $until::DATE) FROM used_runs
WHERE $currency IN ('', BillingCurrency) AND first_day <= $until ORDER BY ALL;
