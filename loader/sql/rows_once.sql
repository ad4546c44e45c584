-- Takes each row of load $load, which has $copies copies of a file, once.
DELETE FROM charges
WHERE load_id = $load AND rowid IN (
    SELECT row
    FROM (
        SELECT c.rowid AS row, row_number() OVER (PARTITION BY c) AS nth, count(*) OVER (PARTITION BY c) AS n
        FROM charges c
        WHERE c.load_id = $load
    )
    WHERE nth > n // $copies
);
