"""Community: what learners write beside the lessons, for themselves and for each other."""
