"""The sample logs' story, a chapter a file; generate.py tells it."""
