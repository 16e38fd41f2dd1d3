"""What the cells' tests share: one profile for made-up blocks."""

from hypothesis import settings

settings.register_profile("gradsheet", deadline=None, derandomize=True, database=None, max_examples=60)
settings.load_profile("gradsheet")
