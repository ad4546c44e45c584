-- How many days a scope's own days are ahead of UTC's: 1 where all of its usage is of whole days that begin before
-- UTC's do, as they do in places east of it. Charges stand on UTC's days; the last of a bill's own days
-- is that many after its last day with usage.
ALTER TABLE scopes ADD COLUMN ahead INTEGER DEFAULT 0;

UPDATE scopes SET ahead = 1
WHERE scope_id IN (
    SELECT k.scope_id FROM charges c JOIN keys k USING (key_id)
    WHERE k.ChargeCategory = 'Usage' AND k.ChargeFrequency IS DISTINCT FROM 'One-Time'
    GROUP BY k.scope_id
    HAVING bool_and(ChargePeriodStart - ChargePeriodStart::DATE::TIMESTAMP > INTERVAL 10 HOUR AND extract('minute' FROM ChargePeriodStart) % 15 = 0
        AND ChargePeriodEnd - ChargePeriodStart >= INTERVAL 23 HOUR)
);

UPDATE meta SET value = '17' WHERE name = 'schema';
