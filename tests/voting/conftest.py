"""How hard the property tests try: 300 examples, or as many as HYPOTHESIS_EXAMPLES says."""

import os

from hypothesis import settings

settings.register_profile("weitai", max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "300")), deadline=None)
settings.load_profile("weitai")
