-- How many days a scope's own days are ahead of UTC's: 1 where all of its usage is of whole days that begin before
-- UTC's do, as they do in places east of it. Charges stand on UTC's days; the last of a bill's own days
-- is that many after its last day with usage.
ALTER TABLE scopes ADD COLUMN ahead INTEGER DEFAULT 0;

-- What used nothing is of the place of what its bill has used, else of what it bought.
UPDATE scopes SET ahead = 1
WHERE scope_id IN (
    WITH told AS (
        SELECT k.scope_id, bool_and(a.ahead) AS ahead,
               bool_and(a.ahead) FILTER (k.ChargeCategory = 'Usage' AND k.ChargeFrequency IS DISTINCT FROM 'One-Time') AS used
        FROM keys k
        JOIN (
            SELECT key_id, bool_and(ChargePeriodStart - ChargePeriodStart::DATE::TIMESTAMP > INTERVAL 10 HOUR
                AND extract('minute' FROM ChargePeriodStart) % 15 = 0 AND ChargePeriodEnd - ChargePeriodStart >= INTERVAL 23 HOUR) AS ahead
            FROM charges GROUP BY key_id
        ) a ON a.key_id = k.key_id
        GROUP BY k.scope_id
    )
    SELECT scope_id
    FROM told JOIN scopes USING (scope_id)
    QUALIFY coalesce(used, bool_and(used) OVER (PARTITION BY load_id, BillingAccountId, BillingPeriodStart), told.ahead)
);

UPDATE meta SET value = '17' WHERE name = 'schema';
