"""What instructors do."""
