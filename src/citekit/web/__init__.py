"""The service: pages for people, files and strings for programs. Only this wing knows Flask.

A view parses its arguments, calls, and responds. `pages` has what people look at, `exports` what
programs take; `negotiation` decides between the two where an address serves both; `responses`
builds what leaves, `problems` what leaves when something is wrong; `shown` and `head` say what a
page tells of a paper, in its body and in its head.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from citekit.store import Store
from citekit.web import arguments, exports, pages, problems, security, shown


def create_app(store: Store | str | Path | None = None) -> Flask:
    """The application over *store*: an open one, an address, or None as `Store.open` takes it.

    A setting NAME of Flask is read from CITEKIT_NAME; CITEKIT_PROXIES is how many proxies in
    front of the service set X-Forwarded-For, -Proto, -Host and -Prefix.
    """
    app = Flask(__name__)
    app.config.from_prefixed_env("CITEKIT")
    app.url_map.converters["number"] = arguments.Number
    app.extensions["citekit"] = store if isinstance(store, Store) else Store.open(store)
    app.register_blueprint(pages.PAGES)
    app.register_blueprint(exports.EXPORTS)
    app.jinja_env.filters.update(shown.FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(security.guard)
    problems.register(app)
    if proxies := int(app.config.get("PROXIES", 0)):
        wrapped = ProxyFix(app.wsgi_app, proxies, proxies, proxies, x_prefix=proxies)
        app.wsgi_app = wrapped  # type: ignore[method-assign]
    return app
