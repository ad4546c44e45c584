-- The order of dates that all current loads of format $format have which show one, '' where they differ or
-- one of an earlier release may have another; and the newest of them.
SELECT CASE WHEN count(*) = count(date_order) AND count(DISTINCT date_order) = 1 THEN min(date_order) ELSE '' END,
       coalesce(arg_max(ref, load_id), '')
FROM loads
WHERE format = $format AND date_order IS DISTINCT FROM '' AND load_id IN (SELECT load_id FROM scopes WHERE state = 'current');
