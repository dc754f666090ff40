"""The terminal: the command line and the Textual app."""
