-- One more answer.
INSERT INTO answers VALUES ($finding, $answer, $said_by, $said_at, $until, $note);
