"""A trained run as an ordinary Hugging Face folder: weights in transformers' own classes, and a model card."""
