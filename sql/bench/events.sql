-- Made-up events for measuring, straight into the store: sittings of 25 events over about 20 minutes within the last year.
-- Few courses are large (the rank is drawn evenly on a logarithmic scale), few learners are busy, and evenings are.
-- The same number makes the same event, so that a store can be filled further.
insert into learning_events (
    event_id, occurred_at, received_at, event_type, actor_id, course_id, module_id, lesson_id, object_id, attempt_id,
    cohort_id, score, max_score, duration_ms, position_start, position_end, is_correct, data, batch_id
)
with
    toUUID('00000000-0000-0000-0000-000000000000') as none,
    intDiv(number, 25) as sitting,
    number % 25 as step,
    toUInt64(floor(pow({courses:UInt64}, (cityHash64(sitting, 1) % 1000000) / 1000000)) - 1) as course,
    toUInt64(floor(pow((cityHash64(sitting, 2) % 1000000) / 1000000, 2) * {people:UInt64})) as person,
    cityHash64(sitting, 5) % 40 as lesson,
    {until:DateTime('UTC')} - toIntervalDay(cityHash64(sitting, 3) % 365)
        - toIntervalSecond(least(cityHash64(sitting, 4) % 30000, cityHash64(sitting, 7) % 30000)) as ended,
    toDateTime64(ended, 3, 'UTC') - toIntervalMillisecond((25 - step) * 45000 + cityHash64(number, 9) % 30000) as at,
    cityHash64(number, 6) % 100 as chance,
    multiIf(
        step = 0, 'lesson_opened', step = 24 and chance < 70, 'lesson_completed', step = 1 and chance < 4, 'enrolled',
        chance < 40, 'video_watched', chance < 48, 'reading_scrolled', chance < 70, 'answer_graded',
        chance < 88, 'answer_saved', chance < 90, 'assessment_graded', chance < 92, 'assessment_passed',
        chance < 93, 'assessment_failed', chance < 95, 'tutor_asked', chance < 96, 'flashcard_reviewed',
        chance < 97, 'lab_checked', chance < 98, 'lab_passed', chance < 99, 'search_made', 'course_completed'
    ) as kind,
    kind in ('answer_graded', 'answer_saved') as is_answer,
    kind in ('answer_graded', 'assessment_graded', 'assessment_passed', 'assessment_failed') as has_score,
    -- A kind of thing, the course it is in, and its number there make an identifier.
    (thing, place) -> reinterpretAsUUID(concat(
        unhex(leftPad(hex(cityHash64(course, thing)), 16, '0')), unhex(leftPad(hex(place), 16, '0'))
    )) as id_of
select
    toUUID(concat(
        leftPad(hex(cityHash64(number, 20)), 16, '0'), leftPad(hex(cityHash64(number, 21)), 16, '0')
    )),
    at,
    at + toIntervalMillisecond(800),
    kind,
    reinterpretAsUUID(concat(
        unhex(leftPad(hex(cityHash64(person, 11)), 16, '0')), unhex(leftPad(hex(person), 16, '0'))
    )),
    id_of(12, 0),
    id_of(13, intDiv(lesson, 8)),
    id_of(14, lesson),
    if(is_answer, id_of(15, lesson * 5 + cityHash64(number, 7) % 5), id_of(16, lesson)),
    if(is_answer or has_score, id_of(17, sitting), none),
    none,
    if(has_score, toDecimal64((cityHash64(number, 8) % 3) / 2, 2), null),
    if(has_score, toDecimal64(1, 2), null),
    null,
    if(kind = 'video_watched', step * 12, null),
    if(kind = 'video_watched', step * 12 + 10 + cityHash64(number, 10) % 20, null),
    if(kind in ('answer_graded', 'lab_checked', 'flashcard_reviewed'), cityHash64(number, 8) % 3 = 2, null),
    multiIf(
        kind = 'answer_graded', concat('{"response":{"option":"', ['a', 'b', 'c', 'd'][1 + cityHash64(number, 18) % 4], '"}}'),
        kind = 'tutor_asked', '{"kind":"query","answered":true}',
        kind = 'search_made', '{"query":"sql","results":0}',
        '{}'
    ),
    intDiv(number, 100000)
from numbers({first:UInt64}, {count:UInt64})
