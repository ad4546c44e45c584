-- Of the days from $from to before $to of which load $new has any, with their accounts, services, resources and
-- meters, of load $old (load_lines): how many there are, and how many load $new has as well. What is
-- booked back is not what was used.
WITH lines AS (
    SELECT load_id, day, SubAccountId, ServiceName, thing, true AS used
    FROM load_lines WHERE used AND day >= $from::DATE AND day < $to::DATE
    UNION
    SELECT load_id, day, SubAccountId, ServiceName, thing, false
    FROM load_lines WHERE back AND day >= $from::DATE AND day < $to::DATE
)
SELECT count(*), count(n.load_id)
FROM (SELECT * FROM lines WHERE load_id = $old AND day IN (SELECT day FROM lines WHERE load_id = $new)) o
LEFT JOIN (SELECT * FROM lines WHERE load_id = $new) n
    ON n.day = o.day AND n.SubAccountId = o.SubAccountId AND n.ServiceName = o.ServiceName AND n.thing = o.thing AND n.used = o.used;
