-- A scope of its own for each of those in split_scopes, with the days from $from to
-- before $to. It has the state $state; load $by is why.
INSERT INTO scopes BY NAME
SELECT s.* REPLACE (p.new_scope AS scope_id, $state AS state, $by AS superseded_by,
                    greatest(s.from_day, $from::DATE) AS from_day, least(s.to_day, $to::DATE) AS to_day)
FROM scopes s JOIN split_scopes p ON p.old_scope = s.scope_id;
