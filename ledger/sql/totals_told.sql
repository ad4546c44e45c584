-- Totals that were shown, a list for each column; each once.
INSERT INTO told_totals
SELECT t.* FROM (
    SELECT unnest($told::VARCHAR[])::TIMESTAMP AS told_at, unnest($what::VARCHAR[]) AS what, unnest($to::VARCHAR[]) AS "to",
           unnest($periods::VARCHAR[]) AS period, unnest($first_days::VARCHAR[])::DATE AS first_day, unnest($end_days::VARCHAR[])::DATE,
           nullif(unnest($reaches::VARCHAR[]), '')::DATE, unnest($currencies::VARCHAR[]) AS currency,
           unnest($totals::VARCHAR[])::DECIMAL(38, 18), unnest($last_loads::VARCHAR[])::BIGINT
) t
WHERE NOT EXISTS (
    SELECT 1 FROM told_totals o
    WHERE o.told_at = t.told_at AND o.what = t.what AND o."to" = t."to" AND o.x_BillingPeriod = t.period AND o.first_day = t.first_day
      AND o.currency = t.currency);
