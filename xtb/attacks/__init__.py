"""Adaptive attacks, one a file with an ``ATTACK``; ``xtb.adversarial.catalog`` reads the folder."""
