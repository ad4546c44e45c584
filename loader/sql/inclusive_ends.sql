-- Billing periods of load $load that end on a day on which charges lie, and are whole
-- only with it: FOCUS ends a period with the day after, but some files name its last
-- day. The end moves to the day after.
UPDATE load_keys SET BillingPeriodEnd = BillingPeriodEnd + 1
WHERE (BillingAccountId, BillingPeriodStart, BillingPeriodEnd) IN (
    SELECT k.BillingAccountId, k.BillingPeriodStart, k.BillingPeriodEnd
    FROM charges c
    JOIN load_keys k USING (key_id)
    WHERE c.load_id = $load
      AND c.ChargePeriodStart::DATE = k.BillingPeriodEnd
      AND day(k.BillingPeriodEnd + 1) = day(k.BillingPeriodStart)
);
