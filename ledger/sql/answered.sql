-- Whether finding $1 was told, and whether the last that $3 answered to it is $2
-- with note $4, until $5 or, where $6, until any day.
SELECT EXISTS (FROM findings WHERE id = $1),
       coalesce((SELECT answer = $2 AND note = $4 AND ($6 OR until IS NOT DISTINCT FROM $5::DATE)
                 FROM answers WHERE finding = $1 AND said_by = $3 ORDER BY said_at DESC, rowid DESC LIMIT 1), false);
