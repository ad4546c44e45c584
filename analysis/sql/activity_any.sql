-- Whether an activity log was loaded.
SELECT EXISTS (FROM activity);
