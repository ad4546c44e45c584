-- The first of the loads $first to $last that has an account under an id that a spreadsheet has rounded, like 1.23457E+11, of which
-- another load has days in common under a whole id that is the same when it is rounded so, or the other way round; with
-- the id in each and the other load. Hardly a ledger has a rounded id: of one that has none, nothing more is looked at.
WITH short AS (
    SELECT load_id, SubAccountId, from_day, to_day, try_cast(replace(SubAccountId, ',', '.') AS DOUBLE) AS number,
           0.5 * pow(10, try_cast(regexp_extract(SubAccountId, '\+(\d+)$', 1) AS INTEGER) - length(regexp_extract(SubAccountId, '[.,](\d+)', 1))) AS off
    FROM scopes
    WHERE state = 'current' AND regexp_matches(SubAccountId, '^\d([.,]\d+)?[Ee]\+\d+$')
), long AS (
    SELECT load_id, SubAccountId, from_day, to_day, try_cast(SubAccountId AS DOUBLE) AS number
    FROM scopes
    WHERE state = 'current' AND EXISTS (FROM short) AND regexp_matches(SubAccountId, '^\d+$')
), pairs AS (
    SELECT s.load_id > l.load_id AS rounded, greatest(s.load_id, l.load_id) AS new, least(s.load_id, l.load_id) AS old,
           s.SubAccountId AS short_id, l.SubAccountId AS long_id
    FROM short s JOIN long l ON abs(s.number - l.number) <= s.off AND s.from_day < l.to_day AND l.from_day < s.to_day AND s.load_id <> l.load_id
)
SELECT p.new, CASE WHEN p.rounded THEN short_id ELSE long_id END AS id, p.rounded, CASE WHEN p.rounded THEN long_id ELSE short_id END AS other, p.old, l.ref
FROM pairs p JOIN loads l ON l.load_id = p.old
WHERE p.new BETWEEN $first AND $last
ORDER BY ALL
LIMIT 1;
