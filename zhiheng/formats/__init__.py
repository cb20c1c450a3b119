"""Bytes to plain dataclasses and back: identifiers, spreadsheets, the fixed shapes."""
