-- In which order a load's dates like 02/03/2026 have day and month, where the file shows it, or a flag or files beside
-- it said so: day-first or month-first; '' where nothing did, or it has no such dates. Of loads of earlier releases it is
-- what their warnings and flags say; NULL where these do not, for they may have shown it all the same.
ALTER TABLE loads ADD COLUMN date_order VARCHAR;

UPDATE loads SET date_order = 'day-first'
WHERE load_id IN (SELECT load_id FROM load_warnings WHERE regexp_matches(warning, '^its dates(, like .*,)? are (taken as )?day/month/year'))
   OR load_id IN (SELECT load_id FROM load_flags WHERE name = 'date-order' AND value = 'day-first');
UPDATE loads SET date_order = 'month-first'
WHERE date_order IS NULL AND (
    load_id IN (SELECT load_id FROM load_warnings WHERE regexp_matches(warning, '^its dates, like .*, are taken as month/day/year, (since|as those of)'))
    OR load_id IN (SELECT load_id FROM load_flags WHERE name = 'date-order' AND value = 'month-first')
        AND load_id NOT IN (
            SELECT load_id FROM load_warnings
            WHERE warning LIKE 'nothing in the file says whether dates like%' OR warning LIKE 'its dates, like%, as its format has them%'
        )
);

UPDATE meta SET value = '19' WHERE name = 'schema';
