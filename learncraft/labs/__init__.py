"""Labs: exercises in an environment of their own, and the sessions that learners have in them."""
