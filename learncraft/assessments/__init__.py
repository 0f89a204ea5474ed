"""Assessments: questions, attempts, and grading that is pure and explained."""
