"""Results that others have published, as data with their sources. What is here and whence: README.md."""
