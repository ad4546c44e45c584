-- How many lines that cost something loads $new and $old (load_lines) both have on the days from $from to before $to, of one
-- subscription, at the same cost and under two billing accounts; and how many lines that cost something the one has that has fewer.
WITH lines AS (
    SELECT load_id, BillingAccountId, SubAccountId, day, ServiceName, line, cost
    FROM load_lines WHERE SubAccountId <> '' AND cost <> 0 AND day >= $from::DATE AND day < $to::DATE
)
SELECT count(*), (SELECT least(count(*) FILTER (load_id = $new), count(*) FILTER (load_id = $old)) FROM lines)
FROM (SELECT * FROM lines WHERE load_id = $new) n
JOIN (SELECT * FROM lines WHERE load_id = $old) o
    ON o.SubAccountId = n.SubAccountId AND o.BillingAccountId <> n.BillingAccountId AND o.day = n.day AND o.ServiceName = n.ServiceName
    AND o.line = n.line AND o.cost = n.cost;
