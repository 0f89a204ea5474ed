"""Building a course: its working copy, the review of it, and the way to what learners see."""
