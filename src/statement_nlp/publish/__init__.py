"""Datasette: pages, maps, charts.

The package itself is the plugin that Datasette loads, since Datasette looks for `templates/` and `static/` beside it.
"""

from statement_nlp.publish.plugin import (
    asgi_wrapper,
    extra_css_urls,
    extra_template_vars,
    handle_exception,
    menu_links,
    prepare_connection,
    prepare_jinja2_environment,
    register_mcp_tools,
    register_routes,
    render_cell,
    skip_csrf,
    startup,
)

__all__ = [
    "asgi_wrapper",
    "extra_css_urls",
    "extra_template_vars",
    "handle_exception",
    "menu_links",
    "prepare_connection",
    "prepare_jinja2_environment",
    "register_mcp_tools",
    "register_routes",
    "render_cell",
    "skip_csrf",
    "startup",
]
