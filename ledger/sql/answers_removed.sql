-- What was answered to finding $finding is taken back.
DELETE FROM answers WHERE finding = $finding;
