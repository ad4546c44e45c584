-- The newest answer to each finding.
SELECT finding, answer, said_by, until, note
FROM answers
QUALIFY row_number() OVER (PARTITION BY finding ORDER BY said_at DESC, answer) = 1;
