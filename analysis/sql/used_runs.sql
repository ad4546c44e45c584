-- The stretches of days up to the day $until on which each billing account was used in currency $currency, '' for any, and
-- each account that no file holds together with another, '' in the place of the other name.
SELECT BillingAccountId, account, first_day, least(last_day, $until::DATE) FROM used_runs
WHERE $currency IN ('', BillingCurrency) AND first_day <= $until ORDER BY ALL;
