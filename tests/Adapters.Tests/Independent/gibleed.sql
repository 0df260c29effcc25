-- Counts over the raw files of GiBleed, every column a text in schema raw: the answers that the adapter must agree with.
WITH
    had AS (SELECT DISTINCT person_id, condition_concept_id AS concept FROM raw.condition_era),
    took AS (SELECT DISTINCT person_id, drug_concept_id AS concept FROM raw.drug_era),
    within AS (SELECT ancestor_concept_id AS above, descendant_concept_id AS concept FROM raw.concept_ancestor),
    person AS (
        SELECT person_id, gender_concept_id,
            date_part('year', age(date '2019-07-03', make_date(year_of_birth::int, month_of_birth::int, day_of_birth::int))) AS years,
            (SELECT min(o.observation_period_start_date::date) FROM raw.observation_period o WHERE o.person_id = p.person_id) AS enrolled
        FROM raw.person p)
SELECT 'everybody' AS question, count(*) FROM person
UNION ALL
SELECT 'women', count(*) FROM person WHERE gender_concept_id = '8532'
UNION ALL
SELECT 'viral sinusitis', count(*) FROM person WHERE person_id IN (SELECT person_id FROM had WHERE concept = '40481088')
UNION ALL
SELECT 'sinusitis of any kind', count(*) FROM person
WHERE person_id IN (SELECT person_id FROM had JOIN within USING (concept) WHERE above = '4283893')
UNION ALL
SELECT 'traumatic brain injury of any kind', count(*) FROM person
WHERE person_id IN (SELECT person_id FROM had JOIN within USING (concept) WHERE above = '4132546')
UNION ALL
SELECT 'aged 50 to 69', count(*) FROM person WHERE years >= 50 AND years < 70
UNION ALL
SELECT 'enrolled in the sixties', count(*) FROM person WHERE enrolled >= date '1960-01-01' AND enrolled < date '1970-01-01'
UNION ALL
SELECT 'women without brain injury', count(*) FROM person
WHERE gender_concept_id = '8532' AND person_id NOT IN (SELECT person_id FROM had JOIN within USING (concept) WHERE above = '4132546')
UNION ALL
SELECT 'took aspirin', count(*) FROM person
WHERE person_id IN (SELECT person_id FROM took JOIN within USING (concept) WHERE above = '1112807')
UNION ALL
SELECT 'men from 60 on with brain injury who took celecoxib or naproxen', count(*) FROM person
WHERE gender_concept_id = '8507' AND years >= 60
    AND person_id IN (SELECT person_id FROM had JOIN within USING (concept) WHERE above = '4132546')
    AND person_id IN (SELECT person_id FROM took WHERE concept IN ('1118084', '1115008'))
UNION ALL
SELECT 'pyelonephritis', count(*) FROM person WHERE person_id IN (SELECT person_id FROM had JOIN within USING (concept) WHERE above = '198199')
UNION ALL
SELECT 'neither brain injury nor sprained ankle', count(*) FROM person
WHERE person_id NOT IN (SELECT person_id FROM had JOIN within USING (concept) WHERE above IN ('4132546', '81151'))
ORDER BY question
