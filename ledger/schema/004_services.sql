-- The sums of daily once more, by load, account, bill and service instead of by
-- series: twenty times fewer, for what is asked of whole accounts and bills.
CREATE TABLE daily_services (
    day            DATE NOT NULL,
    scope_id       BIGINT NOT NULL,
    ServiceName    VARCHAR NOT NULL,
    ChargeCategory VARCHAR NOT NULL,
    covered        BOOLEAN NOT NULL, -- as in daily
    BilledCost     DECIMAL(38, 18) NOT NULL,
    EffectiveCost  DECIMAL(38, 18) NOT NULL
);

-- What rollup fills it with, of what a ledger of earlier tables holds.
INSERT INTO daily_services
WITH sums AS (
    SELECT c.ChargePeriodStart::DATE AS day, k.scope_id, s.SubAccountId, coalesce(k.ServiceName, '') AS service, coalesce(k.ChargeCategory, '') AS category,
           sum(c.BilledCost) AS billed, sum(CASE WHEN s.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END) AS effective
    FROM charges c JOIN keys k ON k.key_id = c.key_id JOIN scopes s ON s.scope_id = k.scope_id
    WHERE s.state = 'current'
      AND (NOT s.shadowed
           OR (k.ChargeCategory IN ('Purchase', 'Credit')
               AND (k.PricingCategory = 'Committed' OR k.CommitmentDiscountId IS NOT NULL)))
    GROUP BY ALL
)
SELECT m.day, m.scope_id, m.service, m.category,
       EXISTS (SELECT 1 FROM scopes p WHERE p.state = 'current' AND p.SubAccountId = m.SubAccountId
           AND m.day >= p.BillingPeriodStart AND m.day < p.BillingPeriodEnd),
       m.billed, m.effective
FROM sums m
ORDER BY m.scope_id, m.day;

UPDATE meta SET value = '4' WHERE name = 'schema';
