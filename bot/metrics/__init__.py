"""Metrics for Prometheus and a health check, over HTTP, off by default.

The libraries for that take memory, so they are imported only when it is on.
"""
