"""The parts of the assessment editor: a question's fields, the settings, the rules to draw by, and trying it out."""
