"""The app in a browser: a small server of our own around textual-serve's connection to the app."""
