-- Of the days, services, resources and meters of load $1 (load_lines): how many
-- there are, and how many load $2 has as well.
WITH lines AS (SELECT DISTINCT load_id, day, ServiceName, thing FROM load_lines)
SELECT count(*), count(n.load_id)
FROM (SELECT * FROM lines WHERE load_id = $1) o
LEFT JOIN (SELECT * FROM lines WHERE load_id = $2) n
    ON n.day = o.day AND n.ServiceName = o.ServiceName AND n.thing = o.thing;
