"""A trained run as an ordinary Hugging Face folder: weights in transformers' classes, and a model card."""
