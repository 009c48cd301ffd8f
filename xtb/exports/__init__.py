"""Runs of the warehouse in the formats in which others exchange results; each file of this folder is one."""
