-- How many resource groups and resources of load $1 are spelled in several ways.
SELECT
    (SELECT count(*) FROM (SELECT lower(group_written) FROM keys WHERE key_id >= $1 << 32 AND key_id < ($1 + 1) << 32
        GROUP BY 1 HAVING count(DISTINCT group_written) > 1)),
    (SELECT count(*) FROM (SELECT ResourceId FROM keys WHERE key_id >= $1 << 32 AND key_id < ($1 + 1) << 32
        GROUP BY 1 HAVING count(DISTINCT resource_written) > 1));
