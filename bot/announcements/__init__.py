"""Telling people without having been asked: the welcome, and what everybody has to know."""
