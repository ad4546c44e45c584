-- Of the days from $from to before $to of which load $new has any, with their services, resources and
-- meters, of load $old (load_lines): how many there are, and how many load $new has as well.
WITH lines AS (SELECT DISTINCT load_id, day, ServiceName, thing FROM load_lines WHERE day >= $from::DATE AND day < $to::DATE)
SELECT count(*), count(n.load_id)
FROM (SELECT * FROM lines WHERE load_id = $old AND day IN (SELECT day FROM lines WHERE load_id = $new)) o
LEFT JOIN (SELECT * FROM lines WHERE load_id = $new) n
    ON n.day = o.day AND n.ServiceName = o.ServiceName AND n.thing = o.thing;
