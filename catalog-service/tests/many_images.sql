-- 30000 images, one every ten seconds, as alike in time as those of a team: batches of one type, seven in ten labeled,
-- under versions of a label schema that followed each other.
CREATE FUNCTION id_at(milliseconds bigint, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(milliseconds), 12, '0') || '70008000' || lpad(to_hex(number), 12, '0'))::uuid
$$;
CREATE TABLE all_images AS
SELECT number, number / 1000 AS batch, id_at(1704067200000 + number * 10000, number) AS id,
    (number % 10 < 7 OR number < 8000) AND number < 27000 AS labeled
FROM generate_series(1, 30000) AS number;

INSERT INTO tags (id, name, key)
SELECT id_at(1700000000000 + number, number), name, name
FROM (SELECT number, coalesce((ARRAY['common', 'half', 'rare'])[number], 'thing ' || number) AS name
      FROM generate_series(1, 1000) AS number) AS named;
INSERT INTO label_schemas (id, name, key, version)
SELECT id_at(1700000000000, number), 'schema ' || number, 'schema ' || number, 4 FROM generate_series(1, 100) AS number;
INSERT INTO label_schema_versions (label_schema_id, version, tag_ids, created_at)
SELECT id_at(1700000000000, 1), version,
    (SELECT array_agg(id_at(1700000000000 + tag, tag) ORDER BY tag) FROM generate_series(2, 4 + version) AS tag), now()
FROM generate_series(1, 4) AS version;
-- One coverage for each version, and 96 of what people looked for besides.
INSERT INTO coverages (label_schema_id, label_schema_version, tag_ids, digest)
SELECT label_schema_id, version, tag_ids, ('v' || version)::bytea FROM label_schema_versions;
INSERT INTO coverages (tag_ids, digest)
SELECT ARRAY[id_at(1700000000000 + number, number), id_at(1700000000001, 1)], ('n' || number)::bytea
FROM generate_series(5, 100) AS number;
INSERT INTO coverage_tags (tag_id, coverage_id) SELECT unnest(tag_ids), id FROM coverages;

INSERT INTO images (id, name, url, type, version, coverage_id)
SELECT id, format('batch-%s_IMG_%s.jpg', batch, lpad((number % 1000)::text, 6, '0')), 'https://images.example.org/1',
    CASE WHEN batch % 5 = 4 THEN 'image/png' WHEN batch = 3 THEN 'image/webp' ELSE 'image/jpeg' END,
    labeled::int * (1 + (number % 10 = 3)::int * 2),
    CASE WHEN NOT labeled THEN 0 WHEN number % 6 = 0 THEN 5 + number % 96 ELSE 1 + batch / 7 % 4 END
FROM all_images ORDER BY id;
INSERT INTO image_words (word, image_id)
SELECT word, id FROM images, regexp_split_to_table(lower(name), '[^a-z0-9]+') AS word;
INSERT INTO labels (tag_id, image_id)
SELECT id_at(1700000000000 + tag, tag), id
FROM all_images, LATERAL (
    VALUES (1, number % 10 < 6), (2, number % 2 = 0), (3, number % 1000 = 1), (4 + number % 97, TRUE)
) AS seen (tag, has)
WHERE labeled AND has;
INSERT INTO labelings (image_id, version, tag_ids, coverage_id, author, source, created_at)
SELECT images.id, number, tag_ids, coverage_id, 'ann', 'human', now()
FROM images JOIN (SELECT image_id, array_agg(tag_id) AS tag_ids FROM labels GROUP BY image_id) AS said ON image_id = id,
    generate_series(1, version) AS number;
INSERT INTO counters (subject, slot, value) SELECT tag_id, 0, count(*) FROM labels GROUP BY tag_id;

INSERT INTO datasets (id, name, key)
SELECT id_at(1704000000000, number), 'dataset ' || number, 'dataset ' || number FROM generate_series(1, 100) AS number;
INSERT INTO dataset_images (dataset_id, image_id)
SELECT id_at(1704000000000, dataset), id FROM all_images, generate_series(1, 2) AS dataset
WHERE dataset = 1 AND number % 4 > 0 OR dataset = 2 AND number % 300 = 0;
INSERT INTO snapshots (id, dataset_id, content_hash, image_count, names)
SELECT id_at(1704000000000, number), id_at(1704000000000, 1), ('s' || number)::bytea, 22500, '{}'
FROM generate_series(1, 100) AS number;
INSERT INTO snapshot_images (snapshot_id, image_id, version, name)
SELECT id_at(1704000000000, snapshot), id, CASE WHEN snapshot = 1 AND version > 1 THEN 1 ELSE version END, name
FROM images JOIN dataset_images ON image_id = id, generate_series(1, 2) AS snapshot
WHERE dataset_id = id_at(1704000000000, 1);
INSERT INTO suggestions (id, image_id, tag, confidence, model, model_version)
SELECT id_at(1704067200000 + number, number), id, 'thing 1', 0.5, 'resnet', '1' FROM all_images;
INSERT INTO jobs (id, kind, status, request, position, done, failed)
SELECT id_at(1704067200000, number), 'import', 'succeeded', '{}', '{}', 0, 0 FROM generate_series(1, 100) AS number;
INSERT INTO job_errors (job_id, number, subject, message)
SELECT id_at(1704067200000, 1 + number % 2), number, 'dog.jpg', 'broken' FROM all_images;

CREATE TABLE names AS
SELECT * FROM (VALUES
    ('large', id_at(1704000000000, 1)), ('small', id_at(1704000000000, 2)), ('dataset_id', id_at(1704000000000, 1)),
    ('tag_id', id_at(1700000000001, 1)), ('schema_id', id_at(1700000000000, 1)), ('job_id', id_at(1704067200000, 1)),
    ('snapshot_id', id_at(1704000000000, 1)), ('newer', id_at(1704000000000, 2)),
    ('image_id', (SELECT id FROM images WHERE version > 2 LIMIT 1))
) AS named (name, id);
CREATE TABLE depths AS SELECT id FROM all_images WHERE number IN (3000, 24000);
