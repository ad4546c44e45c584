-- Of what there are several in spans, where something begins at most four days after
-- something else ends, as follows has it: only these can go on as another one. Each
-- statement that looks for them takes as long for none as for a thousand.
SELECT near AND (count(DISTINCT SkuMeter) > 1 OR count(DISTINCT x_MeterId) > 1),
       near AND (count(DISTINCT BillingAccountId) > 1 OR count(DISTINCT SubAccountId) > 1),
       near AND count(DISTINCT ResourceId) > 1
FROM spans, (
    SELECT EXISTS (
        SELECT 1 FROM (SELECT DISTINCT last FROM spans WHERE last < (SELECT max(last) FROM spans)) o
        JOIN (SELECT DISTINCT first FROM spans WHERE first > (SELECT min(first) FROM spans)) n ON n.first - o.last BETWEEN 0 AND 4) AS near
)
GROUP BY near;
