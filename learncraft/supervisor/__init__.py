"""What runs beside the pages: the embedded databases, the locks of a home folder, and what a command needs open."""
