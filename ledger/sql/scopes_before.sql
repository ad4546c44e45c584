-- The current scopes of what was loaded as $ref before load $load.
SELECT DISTINCT o.load_id, l.ref, l.format, l.title, l.outranks, o.cost_type, o.x_BillingPeriod, o.BillingPeriodStart, o.BillingPeriodEnd, l.submitted,
       l.speaks_from, l.speaks_to
FROM scopes o
JOIN loads l ON l.load_id = o.load_id
WHERE l.ref = $ref AND o.load_id <> $load AND o.state = 'current'
ORDER BY o.BillingPeriodStart, o.load_id;
