-- Whether there is what most ledgers lack: lines of a statement, corrections of earlier charges,
-- several currencies, and bills of which several files told. To look for what there is not takes much of a small report's time.
SELECT EXISTS (FROM scopes WHERE state = 'current' AND cost_type = 'statement') AS lines,
       EXISTS (FROM keys WHERE ChargeClass = 'Correction') AS corrections,
       (SELECT count(DISTINCT BillingCurrency) > 1 FROM scopes WHERE state = 'current') AS currencies,
       EXISTS (SELECT 1 FROM scopes GROUP BY BillingAccountId, SubAccountId, x_BillingPeriod, BillingCurrency HAVING count(DISTINCT load_id) > 1) AS retold;
