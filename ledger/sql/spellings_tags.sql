-- Keys of tags that are written in several spellings: each shows its most frequent one,
-- for Azure does not tell them apart by case.
CREATE OR REPLACE TEMP TABLE tag_spellings AS
WITH written AS (
    SELECT lower(key) AS folded, key AS spelling, sum(rows) AS n
    FROM (
        SELECT unnest(map_keys(tags)) AS key, rows
        FROM (SELECT coalesce(tags_written, Tags) AS tags, sum(rows) AS rows FROM keys WHERE Tags IS NOT NULL GROUP BY ALL)
    )
    GROUP BY ALL
)
SELECT folded, arg_max(spelling, (n, spelling)) AS spelling
FROM written GROUP BY folded HAVING count(*) > 1;
