-- For whole and whole_each, after belongs and held: followed, what a resource of a series in held was before, or is since, under
-- another id, group, account or region, with the same meter.
things AS (
    SELECT * FROM series WHERE series_id IN (SELECT series_id FROM held) AND ResourceId <> '' AND ChargeCategory = 'Usage'
), kin AS (
    SELECT t.series_id, s.series_id AS other, l.kind IS NOT NULL AS linked
    FROM things t
    LEFT JOIN (SELECT old AS id, new AS goes, kind FROM links WHERE kind = 'resource_id' UNION SELECT new, old, kind FROM links WHERE kind = 'resource_id'
               UNION SELECT DISTINCT ResourceId, ResourceId, NULL FROM things) l ON l.id = t.ResourceId
    JOIN series s ON s.ResourceId = l.goes AND s.series_id <> t.series_id AND s.ServiceName = t.ServiceName AND s.SkuMeter = t.SkuMeter
        AND s.ConsumedUnit = t.ConsumedUnit AND s.ChargeCategory = t.ChargeCategory AND s.BillingCurrency = t.BillingCurrency
), spans AS (
    SELECT series_id, min(day) AS first_day, max(day) AS last_day FROM daily
    WHERE series_id IN (SELECT series_id FROM kin UNION SELECT other FROM kin) GROUP BY series_id
), followed AS (
    SELECT k.series_id, k.other FROM kin k JOIN spans t ON t.series_id = k.series_id JOIN spans o ON o.series_id = k.other
    WHERE k.linked OR o.last_day <= t.first_day OR o.first_day >= t.last_day
)
