-- A record, as it stands now.
INSERT INTO records VALUES ($id, $what, $owner, $period, $first_day, $end_day, $made_at, $state, $record);
