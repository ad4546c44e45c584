-- What a load's format says of its bills: the agreement that they belong to, by
-- which they are invoiced, and the format whose files these replace, whatever
-- either covers. Each load brings it; that of earlier ones stands here.
ALTER TABLE loads ADD COLUMN agreement VARCHAR DEFAULT ''; -- enterprise, partner, sponsored; '' where the format tells none
ALTER TABLE loads ADD COLUMN outranks VARCHAR DEFAULT '';  -- a format; '' for none

UPDATE loads SET
    agreement = CASE
        WHEN format IN ('azure_ea', 'azure_ea_2019', 'azure_ea_detail') THEN 'enterprise'
        WHEN format = 'azure_csp' THEN 'partner'
        WHEN format = 'azure_sponsorship' THEN 'sponsored'
        ELSE '' END,
    outranks = CASE WHEN format = 'azure_account_v2' THEN 'azure_account_v1' ELSE '' END;

UPDATE meta SET value = '10' WHERE name = 'schema';
