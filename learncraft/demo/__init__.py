"""The demo: three courses written for it, and a believable history of learners."""
