-- The text of an owners file, once.
INSERT INTO owners_texts
SELECT $sha256, $text WHERE NOT EXISTS (SELECT 1 FROM owners_texts WHERE sha256 = $sha256);
