-- By how much the price of a unit and the quantity changed from $start to $end in a scope, as little and as much as they may have: a price
-- on all of these days and on the last week of them, with two days more or not, each with the last two, of which not all has arrived, and without, against what all but the cheapest and the dearest of the days from $since to before had; the quantity of each
-- meter against the least and the most of the same weekdays, of all days where there are not three of them yet, or of nothing where there is none, and where a month ends or begins of such days, on days on which anything of its accounts is used, but for those $apart, whose use is told apart. Of a day that is told by the others of its file, those after it up to $until say what is usual, too. With $one all ids are of one resource, else those that end alike.
WITH mine AS (
    SELECT * FROM audited
    WHERE category = 'Usage' AND EXISTS (SELECT 1 FROM bills b WHERE b.account = audited.account AND audited.day >= b.first AND audited.day < b.end_day)
        AND day <= greatest($end::DATE, $until::DATE) AND day >= $since
        AND ($billing::VARCHAR IS NULL OR BillingAccountId = $billing) AND ($account::VARCHAR IS NULL OR SubAccountId = $account)
        AND ($group::VARCHAR IS NULL OR x_ResourceGroupName = $group) AND ($service::VARCHAR IS NULL OR ServiceName = $service)
        AND ($region::VARCHAR IS NULL OR RegionId = $region) AND ($resource::VARCHAR IS NULL OR ResourceId = $resource)
        AND ($meter::VARCHAR IS NULL OR SkuMeter = $meter)
        AND ($resources::VARCHAR[] IS NULL OR ResourceId IN (SELECT unnest($resources::VARCHAR[])))
), used AS (
    SELECT DISTINCT day FROM audited WHERE category = 'Usage' AND account IN (SELECT account FROM mine)
), scope AS (
    SELECT CASE WHEN $one THEN '' ELSE lower(regexp_extract(ResourceId, '[^/]+$')) END AS resource, ServiceName AS service, SkuMeter AS meter, unit,
           RegionId AS region, day, sum(effective)::DOUBLE AS cost, sum(quantity)::DOUBLE AS quantity
    FROM mine GROUP BY ALL
), priced AS (
    SELECT resource, service, meter, unit, region, quantile_cont(cost / quantity, 0.02) AS low, quantile_cont(cost / quantity, 0.98) AS high
    FROM scope WHERE (day < $start OR day > $end) AND quantity > 0 AND cost > 0 GROUP BY ALL
), prices AS (
    SELECT sum(s.cost) / sum(s.quantity * p.high) AS least, sum(s.cost) / sum(s.quantity * p.low) AS most
    FROM scope s JOIN priced p USING (resource, service, meter, unit, region)
    JOIN (SELECT unnest([$start::DATE, greatest($start::DATE, $end::DATE - 8), greatest($start::DATE, $end::DATE - 6)]) AS first) w ON s.day >= w.first
    JOIN (SELECT unnest([$end::DATE, $end::DATE - 2]) AS last) t ON s.day <= t.last
    WHERE s.quantity > 0
    GROUP BY w.first, t.last
), filled AS (
    SELECT k.service, k.meter, k.unit, d.day, coalesce(sum(s.quantity), 0) AS quantity
    FROM (SELECT service, meter, unit, min(day) AS first FROM scope GROUP BY ALL) k
    JOIN used d ON d.day >= k.first AND d.day BETWEEN $since AND greatest($end::DATE, $until::DATE)
    LEFT JOIN scope s ON s.service = k.service AND s.meter = k.meter AND s.unit = k.unit AND s.day = d.day
    GROUP BY ALL
), weekdays AS (
    SELECT service, meter, unit, dayofweek(day) AS weekday, min(quantity) AS low, max(quantity) AS high, count(*) >= 3 AS known
    FROM filled WHERE day < $start OR day > $end GROUP BY ALL
), anyday AS (
    SELECT service, meter, unit, min(low) AS low, max(high) AS high FROM weekdays GROUP BY ALL
), turns AS (
    SELECT service, meter, unit, min(quantity) AS low, max(quantity) AS high FROM filled
    WHERE (day < $start OR day > $end) AND (day(day) <= 3 OR day + 3 > last_day(day)) GROUP BY ALL
), quantities AS (
    SELECT sum(f.quantity) / nullif(sum(greatest(CASE WHEN w.known THEN w.high ELSE o.high END, t.high)), 0) AS least,
           coalesce(sum(f.quantity) / nullif(sum(least(CASE WHEN w.known THEN w.low WHEN w.weekday IS NULL THEN 0 ELSE o.low END, t.low)), 0), 1e9) AS most
    FROM filled f JOIN anyday o ON o.service = f.service AND o.meter = f.meter AND o.unit = f.unit
    LEFT JOIN weekdays w ON w.service = f.service AND w.meter = f.meter AND w.unit = f.unit AND w.weekday = dayofweek(f.day)
    LEFT JOIN turns t ON t.service = f.service AND t.meter = f.meter AND t.unit = f.unit AND (day(f.day) <= 3 OR f.day + 3 > last_day(f.day))
    WHERE f.day BETWEEN $start AND $end AND f.day NOT IN (SELECT unnest($apart::VARCHAR[])::DATE)
    GROUP BY f.service, f.meter, f.unit
)
SELECT 'price', min(least), max(most) FROM prices HAVING min(least) IS NOT NULL
UNION ALL
SELECT 'quantity', least, most FROM quantities WHERE least IS NOT NULL
ORDER BY ALL
