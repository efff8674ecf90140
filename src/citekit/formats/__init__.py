"""Bytes ↔ items: every file format by its name."""
