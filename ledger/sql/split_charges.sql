-- The charges that go to the new scopes get the new keys.
UPDATE charges SET key_id = m.new_key
FROM split_keys m JOIN keys k ON k.key_id = m.old_key JOIN split_scopes p ON p.old_scope = k.scope_id
WHERE charges.key_id = m.old_key AND charges.ChargePeriodStart >= p.begins AND charges.ChargePeriodStart < p.ends;
