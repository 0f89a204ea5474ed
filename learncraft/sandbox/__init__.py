"""Where code that learners wrote is run: with no right to the host, and within limits."""
