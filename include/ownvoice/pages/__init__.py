"""The queries behind the pages, one module a route."""
