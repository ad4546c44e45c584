-- Billing periods of load $load that lack just their last day: FOCUS ends a period with the day
-- after, but some files name its last day, or its last second. The end moves to the day after,
-- unless another period of the account begins on it.
UPDATE load_keys SET BillingPeriodEnd = BillingPeriodEnd + 1
WHERE (BillingAccountId, BillingPeriodStart, BillingPeriodEnd) IN (
    SELECT k.BillingAccountId, k.BillingPeriodStart, k.BillingPeriodEnd
    FROM load_keys k
    WHERE k.load_id = $load
      AND day(k.BillingPeriodEnd + 1) = day(k.BillingPeriodStart)
      AND NOT EXISTS (
          SELECT 1 FROM load_keys n
          WHERE n.BillingAccountId = k.BillingAccountId AND n.BillingPeriodStart = k.BillingPeriodEnd)
);
