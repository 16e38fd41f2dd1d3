"""playground.xlsx: patterns of points, and the plane as a network sees it."""
