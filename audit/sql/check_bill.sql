-- How many charges there are of the bill or month called $name.
SELECT count(*) FROM audited WHERE bill = $name OR strftime(day, '%Y-%m') = $name
