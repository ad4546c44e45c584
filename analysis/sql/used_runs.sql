-- The stretches of days on which each billing account was used, up to the day $until.
SELECT BillingAccountId, first_day, least(last_day, $until::DATE) FROM used_runs WHERE first_day <= $until ORDER BY ALL;
