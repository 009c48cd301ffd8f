"""The encoder of the built-in benchmark: recipe, tokenizer, parallel text, objective."""
