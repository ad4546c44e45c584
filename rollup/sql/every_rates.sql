-- The newest rates for the accounts of all owners apart.
INSERT INTO steady_rates
SELECT p.mark || r.BillingAccountId, p.mark || r.SubAccountId, r.day, r.ratio FROM parts p CROSS JOIN steady_rates r;
