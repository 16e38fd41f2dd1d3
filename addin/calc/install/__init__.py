"""Put the extension together, and into the office or out of it."""
