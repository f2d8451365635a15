"""The HTTP edge: typed routes over the app, server-sent events, and the page."""
