-- The days from $from to before $to of which the loads $new and $old (load_lines) both have any; whether what
-- $new has of one is a copy: a line of it costs the same, and something, or all its lines do, or all lines of
-- $old, of which there are several, are there; and whether $new lacks lines of $old there.
SELECT n.day,
       count(*) FILTER (o.cost = n.cost AND o.cost <> 0) > 0 OR count(*) FILTER (o.cost = n.cost) = count(*)
           OR count(o.line) = any_value(d.lines) AND any_value(d.lines) > 1,
       count(o.line) < any_value(d.lines)
FROM (SELECT * FROM load_lines WHERE load_id = $new) n
JOIN (SELECT day, count(*) AS lines FROM load_lines WHERE load_id = $old GROUP BY day) d ON d.day = n.day
LEFT JOIN (SELECT * FROM load_lines WHERE load_id = $old) o
    ON o.day = n.day AND o.ServiceName = n.ServiceName AND o.thing = n.thing AND o.line = n.line AND o.used = n.used AND o.back = n.back
    AND o.BillingAccountId = n.BillingAccountId AND o.SubAccountId = n.SubAccountId
    AND (o.BillingCurrency = n.BillingCurrency OR 'XXX' IN (o.BillingCurrency, n.BillingCurrency))
WHERE n.day >= $from::DATE AND n.day < $to::DATE
GROUP BY n.day
ORDER BY n.day;
