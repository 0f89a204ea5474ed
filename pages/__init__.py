"""One file per screen, in rooms by the job at hand."""
