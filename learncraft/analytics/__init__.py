"""Analytics: the event store, the shipper that fills it, and one typed function per chart."""
