"""Jobs: work that waits for nobody's click."""
