"""What adaptive attacks stand on: searches under a budget, constraints, the victim, stored texts."""
