-- How much of the change from the prior period's days other models, longer answers or a cache can
-- make: all tokens of a service at what each of its meters cost before, and what its new meters
-- cost. Nothing where a service has one meter of tokens, or had or has none.
WITH ai AS (
    SELECT DISTINCT coalesce(ServiceName, '') AS ServiceName, coalesce(SkuMeter, '') AS SkuMeter FROM usage
    WHERE ServiceCategory = 'AI and Machine Learning' OR regexp_matches(concat(ServiceName, ' ', x_MeterSubcategory), '(?i)openai|foundry models')
), meters AS (
    SELECT a.ServiceName, a.SkuMeter, a.account, a.x_ResourceGroupName, a.RegionId, a.ResourceId, a.unit,
           coalesce(sum(a.quantity) FILTER (w.k = 0 AND a.quantity > 0), 0)::DOUBLE AS now, coalesce(sum(a.quantity) FILTER (w.k = 1), 0)::DOUBLE AS before,
           coalesce(sum(a.cost) FILTER (w.k = 0), 0)::DOUBLE AS cost_now, coalesce(sum(a.cost) FILTER (w.k = 1), 0)::DOUBLE AS cost_before
    FROM compared w
    JOIN audited a ON a.account = w.account AND (a.bill = w.bill OR w.bill IS NULL AND a.day >= w.first AND a.day < w.end_day)
    JOIN ai ON ai.ServiceName = a.ServiceName AND ai.SkuMeter = a.SkuMeter
    WHERE w.k <= 1 AND (w.same_end IS NULL OR a.day < w.same_end) AND a.category = 'Usage' AND a.class = '' AND a.unit <> ''
    GROUP BY ALL
), counted AS (
    SELECT *, now * size AS tokens_now, before * size AS tokens_before
    FROM (SELECT *, CASE WHEN regexp_matches(unit, '(?i)^[0-9]*k') THEN 1000 WHEN regexp_matches(unit, '(?i)^[0-9]*m') THEN 1000000 ELSE 1 END
              * coalesce(try_cast(regexp_extract(unit, '[0-9]+') AS INTEGER), 1) AS size FROM meters)
), services AS (
    SELECT ServiceName, sum(tokens_now) AS tokens_now, count(DISTINCT SkuMeter) > 1 AND sum(tokens_before) > 0 AND sum(tokens_now) > 0 AS mixed
    FROM counted GROUP BY ALL
)
SELECT coalesce(sum(CASE WHEN m.tokens_before > 0 THEN abs(m.cost_before) / m.tokens_before * s.tokens_now ELSE abs(m.cost_now) END) * 1.000001, 0)::DECIMAL(38, 18)
FROM counted m JOIN services s ON s.ServiceName = m.ServiceName AND s.mixed
