-- Whether finding $finding was told, and whether the last that $said_by answered to it is $answer
-- with note $note, until $until or, where $always, until any day.
SELECT EXISTS (FROM findings WHERE id = $finding),
       coalesce((SELECT answer = $answer AND note = $note AND ($always OR until IS NOT DISTINCT FROM $until::DATE)
                 FROM answers WHERE finding = $finding AND said_by = $said_by ORDER BY said_at DESC, rowid DESC LIMIT 1), false);
