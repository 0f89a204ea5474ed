"""Languages: messages, dates and numbers, and the catalogues."""
