"""Study: materials that people bring, what is made of them, and when to review it."""
