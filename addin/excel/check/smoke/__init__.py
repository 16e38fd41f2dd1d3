"""Everything tried once in a real Excel, for a person who has one: a report to send in comes of it."""
