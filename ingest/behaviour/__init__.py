"""Behavioural tests: what a reader of two sentences cannot get wrong, asked in several languages.

After CheckList (Ribeiro et al. 2020) and XTREME-R's MultiCheckList (Ruder et al. 2021), whose capabilities
these follow; templates and words are our own (``templates/<language>.toml``) and were not reviewed by
native speakers.
"""
