"""Orders and how they are paid: free, by hand, or by Stripe. What was paid for becomes a place in a course."""
