"""Mail, and what travels with it: calendars and cards."""
