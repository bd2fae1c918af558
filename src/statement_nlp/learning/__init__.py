"""From gold to models, and how good they are."""
