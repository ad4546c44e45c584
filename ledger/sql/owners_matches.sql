-- Which charges each rule would have if it were the only one. Follows owners_matched.
SELECT m.key_id, r.first_day, r.end_day, m.line FROM matched m JOIN rules r ON r.line = m.line;
