-- A statement on one owner's tables, asked of all owners at once: before each row stands the
-- owner's number. Its windows are those that have the number, too.
SELECT p.part AS of_part, q.*
FROM parts p, LATERAL (
    WITH keys AS (SELECT x.* FROM all_keys x JOIN part_keys y ON y.key_id = x.key_id WHERE y.part = p.part),
    charges AS (SELECT * EXCLUDE (part) FROM owned_days x WHERE x.part = p.part),
    scopes AS (SELECT * EXCLUDE (part) FROM each_scopes x WHERE x.part = p.part),
    links AS (SELECT * EXCLUDE (part) FROM each_links x WHERE x.part = p.part),
    series AS (SELECT * EXCLUDE (part) FROM each_series x WHERE x.part = p.part),
    daily AS (SELECT * EXCLUDE (part) FROM each_daily x WHERE x.part = p.part),
    daily_services AS (SELECT * EXCLUDE (part) FROM each_daily_services x WHERE x.part = p.part),
    elsewhere AS (SELECT * EXCLUDE (part) FROM each_elsewhere x WHERE x.part = p.part),
    windows AS (SELECT * EXCLUDE (part) FROM all_windows x WHERE x.part = p.part),
    current_keys AS ({current_keys})
    FROM ({statement})
) q
