-- The first day with usage before $end, the share of days from it on that have any, and on how many of those from
-- $first on; of all in the files that have anything of the billing accounts $billing, of all files where none has.
WITH files AS (SELECT DISTINCT load_id FROM audited WHERE BillingAccountId IN (SELECT unnest($billing::VARCHAR[])))
SELECT min(day), coalesce(count(DISTINCT day) / greatest(max(day) - min(day) + 1, 1), 0), count(DISTINCT day) FILTER (day >= $first AND inside)
FROM audited
WHERE day < $end AND category = 'Usage'
    AND (load_id IN (SELECT load_id FROM files) OR NOT EXISTS (SELECT 1 FROM files))
