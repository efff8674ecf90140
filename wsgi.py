"""The service, for any WSGI server."""

from citekit.web import create_app

app = create_app()
