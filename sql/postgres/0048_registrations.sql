-- How many wait for the same places. Nobody but those who decide sees others' registrations, and still nobody may
-- overtake: so the count runs as its owner, and gives away nothing but a number.
CREATE FUNCTION waiting_for(of_offering uuid, of_cohort uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM registrations
    WHERE offering_id = of_offering AND cohort_id IS NOT DISTINCT FROM of_cohort AND status = 'waitlisted'
$$;

-- The place of a registration on its waiting list, from 1; null when it isn't on one.
CREATE FUNCTION place_in_line(of_registration uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT nullif(count(*), 0)
    FROM registrations AS mine
    JOIN registrations AS other ON other.offering_id = mine.offering_id
        AND other.cohort_id IS NOT DISTINCT FROM mine.cohort_id
        AND other.status = 'waitlisted'
        AND (other.submitted_at, other.id) <= (mine.submitted_at, mine.id)
    WHERE mine.id = of_registration AND mine.status = 'waitlisted'
$$;
